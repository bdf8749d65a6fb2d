/* The agent's commands. The launcher imports this and calls `main`; `node main.ts run …` does the same. */
import { EXIT } from './exit-codes.ts'

function stderr(text: string): void {
  process.stderr.write(text)
}

/**
 * @param args Name of the command and what follows it.
 * @param context.inherited Descriptors above 2 that this process was given and that the command shall have.
 * @returns The exit code.
 */
export async function main(args: readonly string[], context: { readonly inherited?: readonly number[] } = {}): Promise<number> {
  const [command, ...rest] = args
  if (command === 'run') {
    const { run } = await import('./run/run.ts')
    return run(rest, process.env, { stderr, color: wantsColor(process.stderr), inherited: context.inherited ?? [] })
  }
  if (command === 'doctor') {
    const { doctor } = await import('./doctor/doctor.ts')
    return doctor(rest, { stdout: (text) => void process.stdout.write(text), stderr, color: wantsColor(process.stdout) })
  }
  stderr('gatehouse: the agent knows the commands run and doctor\n')
  return EXIT.usage
}

/** On a terminal, unless the user asks for none (no-color.org). */
function wantsColor(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb'
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
