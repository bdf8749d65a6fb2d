/* What a person sees while things start: one line per thing, with a tick and how long it took. */
export interface Progress {
  /** Runs `work` under a label; `note` may add a few words to its line. Rethrows what `work` throws, with a cross shown. */
  readonly step: <T>(label: string, work: (note: (text: string) => void) => Promise<T>) => Promise<T>
}

/** Writes to a terminal or any other stream; on a terminal a running step is visible before it ends. */
export function createProgress(output: NodeJS.WriteStream): Progress {
  const live = output.isTTY
  const paint = (code: number, text: string) => (live && !process.env['NO_COLOR'] ? `\u001B[${code}m${text}\u001B[0m` : text)
  return {
    async step(label, work) {
      const started = performance.now()
      const notes: string[] = []
      const line = (mark: string) => {
        const seconds = `${((performance.now() - started) / 1_000).toFixed(1)} s`
        return `  ${mark} ${label.padEnd(44)} ${seconds.padStart(7)}${notes.length > 0 ? `  ${paint(2, notes.join(', '))}` : ''}`
      }
      if (live) output.write(`  … ${label}`)
      const erase = live ? '\r\u001B[2K' : ''
      try {
        const result = await work((text) => notes.push(text))
        output.write(`${erase}${line(paint(32, '✓'))}\n`)
        return result
      } catch (error) {
        output.write(`${erase}${line(paint(31, '✗'))}\n`)
        throw error
      }
    },
  }
}
