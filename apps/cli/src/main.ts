/* The commands of this program; the launcher in `bin/` calls `main`. */
import { explain } from './commands/explain.ts'
import { fix } from './commands/fix.ts'
import { scan } from './commands/scan.ts'
import { ExitCode } from './exit-code.ts'
import { nodeIo } from './io.ts'

/** @param args The name of the command and what follows it. */
export function main(args: readonly string[]): ExitCode {
  const [name, ...rest] = args
  const io = nodeIo()
  switch (name) {
    case 'scan':
      return scan(rest, io)
    case 'explain':
      return explain(rest, io)
    case 'fix':
      return fix(rest, io)
    default:
      io.stderr(`gatehouse: there is no command "${name ?? ''}"\n`)
      return ExitCode.Usage
  }
}
