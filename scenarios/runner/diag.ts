import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

/** The trace a worker keeps in `_diag`; one synchronous append per line, so a reader never waits for a flush. */
export interface Diag {
  trace(source: string, text: string): void
}

/** Opens `Worker_<utc>-utc.log` in `folder`. `mask` is applied to everything that is written. */
export function openDiag(folder: string, mask: (text: string) => string): Diag {
  const stamp = new Date().toISOString().replace(/\.\d+Z$/, '')
  const file = join(folder, `Worker_${stamp.replaceAll(/[-:]/g, '').replace('T', '-')}-utc.log`)
  return {
    trace(source, text) {
      const time = new Date()
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, 'Z')
      appendFileSync(file, `[${time} INFO ${source}] ${mask(text)}\n`)
    },
  }
}
