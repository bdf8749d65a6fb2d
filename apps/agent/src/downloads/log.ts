/* All downloads of a job, each package once per step, for its bill of materials. */
import type { Event } from '@gatehouse/schema'
import type { Download } from '@gatehouse/schema/exports'
import { downloadOf } from './download.ts'

export interface DownloadLog {
  /** Takes any event; HTTP requests that fetch a package are kept. Returns the download when it is a new one. */
  observe(event: Event): Download | null
  /** In the order first seen. */
  list(): readonly Download[]
  /** Downloads that were not kept because there were too many; a bill of materials must say so. */
  dropped(): number
}

const DOWNLOADS_MAX = 20_000

export function createDownloadLog(downloadsMax = DOWNLOADS_MAX): DownloadLog {
  const known = new Map<string, Download>()
  let dropped = 0
  return {
    observe(event) {
      if (event.kind !== 'http') return null
      const download = downloadOf(event)
      if (download === null) return null
      const key = `${download.step} ${download.host} ${download.purl}`
      if (known.has(key)) return null
      if (known.size >= downloadsMax) {
        dropped += 1
        return null
      }
      known.set(key, download)
      return download
    },
    list: () => [...known.values()],
    dropped: () => dropped,
  }
}
