import { commandsOf, programOf } from '../../shell/index.ts'
import { sourceRange } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const unlockedInstall = defineRule({
  id: 'unlocked-install',
  title: 'A package is installed without a lock',
  severity: 'low',
  confidence: 'high',
  level: 'strict',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E15'],
  cwe: ['CWE-1357', 'CWE-829'],
  cicd: ['CICD-SEC-3'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run) return
    for (const command of commandsOf(step)) {
      const { program, args } = programOf(command)
      const message = unlocked(
        program,
        args.map((arg) => arg.text),
      )
      if (message) yield { at: sourceRange(run, command.start, command.end), message }
    }
  },
})

/** Why an installation takes what it finds; undefined when it does not, or installs nothing. */
function unlocked(program: string, args: readonly string[]): string | undefined {
  const first = args.find((arg) => !arg.startsWith('-')) ?? ''
  const rest = args.slice(args.indexOf(first) + 1)
  const names = rest.filter((arg) => !arg.startsWith('-') && !/^[.$/~]|\.(?:whl|tgz|tar\.gz|gem|deb)$|^https?:|^git\+/.test(arg))
  switch (program) {
    case 'npm':
      if (!/^(?:install|i|add)$/.test(first) || rest.includes('--package-lock-only')) return undefined
      return names.length === 0
        ? rest.some((arg) => /^[./~$]/.test(arg))
          ? undefined
          : '`npm install` changes the lock file to whatever it finds; `npm ci` keeps to it.'
        : names.every(isExact)
          ? undefined
          : unfixed(names)
    case 'pnpm':
    case 'bun':
      return /^(?:add|i|install)$/.test(first) && names.length > 0 && !names.every(isExact) ? unfixed(names) : undefined
    case 'yarn':
      return (first === 'add' || (first === 'global' && rest[0] === 'add')) && !names.filter((name) => name !== 'add').every(isExact)
        ? unfixed(names.filter((name) => name !== 'add'))
        : undefined
    case 'npx':
    case 'pnpx':
    case 'bunx':
      return undefined
    case 'pip':
    case 'pip3':
    case 'pipx':
      return pip(first, rest)
    case 'python':
    case 'python3':
      return args[0] === '-m' && args[1] === 'pip' ? pip(args[2] ?? '', args.slice(3)) : undefined
    case 'gem':
      return first === 'install' &&
        names.length > 0 &&
        !rest.some((arg) => /^(?:-v|--version)/.test(arg)) &&
        !names.every((name) => name.includes(':'))
        ? unfixed(names)
        : undefined
    case 'go':
      return first === 'install' || first === 'get'
        ? names.some((name) => name.endsWith('@latest') || name.endsWith('@master') || name.endsWith('@main'))
          ? unfixed(names)
          : undefined
        : undefined
    case 'cargo':
      return first === 'install' &&
        names.length > 0 &&
        !rest.includes('--locked') &&
        !rest.some((arg) => /^--(?:path|git|version|vers)/.test(arg)) &&
        !names.every(isExact)
        ? unfixed(names)
        : undefined
    default:
      return undefined
  }
}

function pip(verb: string, rest: readonly string[]): string | undefined {
  if (verb !== 'install' || rest.some((arg) => /^(?:--require-hashes|-r|--requirement|-e|--editable|-c|--constraint|--no-index)/.test(arg)))
    return undefined
  const names = rest.filter((arg) => !arg.startsWith('-') && !/^[.$~]|\/|\.whl$/.test(arg) && !/^(?:pip|setuptools|wheel)$/.test(arg))
  return names.length > 0 && !names.every((name) => /==/.test(name)) ? unfixed(names) : undefined
}

/** `name@1.2.3`. */
function isExact(name: string): boolean {
  return /.@v?\d+\.\d+\.\d+/.test(name)
}

function unfixed(names: readonly string[]): string {
  return `\`${names.slice(0, 3).join(' ').slice(0, 100)}\` is whatever version the registry offers at that moment.`
}
