/* Programs by what they are for. See data/programs.json. */
import data from './data/programs.json' with { type: 'json' }
import { baseName } from './words.ts'

const GROUPS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(data.groups).map(([group, { names }]) => [group, new Set(names)]),
)

/** Version suffixes: python3.12, gcc-12, clang++-18. */
const VERSION = /-?\d+(?:\.\d+)*$/

function has(group: string, path: string): boolean {
  const names = GROUPS.get(group)
  if (names === undefined) return false
  const name = baseName(path)
  return names.has(name) || names.has(name.replace(VERSION, ''))
}

/**
 * Whether the program that runs is one of a group, for leaving tools alone: by the file that was executed or the script that an
 * interpreter was given. What a process calls itself does not count.
 */
export function isTool(exe: string, argv: readonly string[], group: string): boolean {
  return has(group, exe) || (has('interpreter', exe) && has(group, scriptOf(argv)))
}

/** Whether a command means one of a group, for suspicion: what it calls itself counts too. */
export function looksLike(exe: string, argv: readonly string[], group: string): boolean {
  return isTool(exe, argv, group) || has(group, argv[0] ?? '')
}

/** The script or module that an interpreter was given; empty when there is none or the code is on the command line. */
export function scriptOf(argv: readonly string[]): string {
  for (let index = 1; index < argv.length && index < 8; index++) {
    const argument = argv[index] ?? ''
    if (argument === '-m') return argv[index + 1] ?? ''
    if (argument === '-c' || argument === '-e' || argument === '-p' || argument === '--eval') return ''
    if (!argument.startsWith('-')) return argument
  }
  return ''
}

/** The code on an interpreter's command line (`sh -c`, `node -e`, `python -c`), or empty. */
export function inlineCode(argv: readonly string[]): string {
  const at = argv.findIndex((argument, index) => index > 0 && index < 8 && /^(?:-[a-z]*[ce]|-p|-pe|--eval|--print)$/.test(argument))
  return at === -1 ? '' : (argv[at + 1] ?? '')
}
