/* Scripts of steps, parsed once. */
import type { Step } from '../model/types.ts'
import { parseBash } from './bash.ts'
import { parsePowerShell } from './powershell.ts'
import type { Command, Script } from './script.ts'

export * from './script.ts'

const NO_SCRIPT: Script = { commands: [], quotes: [] }
const parsed = new WeakMap<Step, Script>()

/** The script of a `run` step; without commands for Python, Node, cmd and unknown shells. Offsets are into the value of `run`. */
export function scriptOf(step: Step): Script {
  if (!step.run) return NO_SCRIPT
  let script = parsed.get(step)
  if (!script) {
    script = parseScript(step.run.value, step.shell)
    parsed.set(step, script)
  }
  return script
}

function parseScript(text: string, shell: Step['shell']): Script {
  if (shell === 'bash' || shell === 'sh' || shell === 'unknown') return parseBash(text)
  if (shell === 'pwsh' || shell === 'powershell') return parsePowerShell(text)
  // Enough of cmd: one command per line, `&` and `|` between, double quotes only.
  if (shell === 'cmd')
    return parseBash(
      text
        .replaceAll('\\', '/')
        .replaceAll("'", ' ')
        .replace(/^\s*(?:rem|::).*$/gim, (line) => ' '.repeat(line.length)),
    )
  return NO_SCRIPT
}

/** All commands of a step. */
export function commandsOf(step: Step): readonly Command[] {
  return scriptOf(step).commands
}
