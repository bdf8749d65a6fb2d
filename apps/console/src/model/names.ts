/* What a process is called in a chain: the program a person would name. */
import { baseName } from '../format/format.ts'
import type { Process } from './job-model.ts'

/** Programs that run other programs' text: the name of the script says more than theirs. */
const INTERPRETERS = /^(node|nodejs|deno|bun|python[\d.]*|ruby|perl|sh|bash|dash|zsh|java)$/

/** `npm` for `node /usr/bin/npm ci`, `setup.js` for `node ./setup.js`, `sh` for `sh -c …`. */
export function labelOf(process: Process | undefined): string {
  if (process === undefined) return 'unknown'
  if (process.number === 0) return 'unknown process'
  const name = baseName(process.exe === '' ? `process ${process.number}` : process.exe)
  if (!INTERPRETERS.test(name)) return name
  const script = process.execs
    .at(-1)
    ?.argv.slice(1)
    .find((argument) => argument !== '')
  return script === undefined || script.startsWith('-') ? name : baseName(script)
}
