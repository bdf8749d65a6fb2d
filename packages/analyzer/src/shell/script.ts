/* What a shell script consists of, as far as rules need it: commands with their words, redirects, pipes, and quoting. */
import type { Range } from '../source.ts'

export type Quote = 'none' | 'single' | 'double' | 'heredoc' | 'heredoc-quoted' | 'comment'

export type Part =
  | (Range & { readonly kind: 'text'; readonly value: string; readonly quote: Quote })
  /** `$NAME`, `${NAME…}`, `$env:NAME`; `operator` is what follows the name in braces. */
  | (Range & { readonly kind: 'variable'; readonly name: string; readonly operator: string; readonly quote: Quote })
  /** `$(…)`, backticks, `<(…)`. */
  | (Range & { readonly kind: 'substitution'; readonly commands: readonly Command[]; readonly quote: Quote })
  /** `${{ … }}`, which GitHub replaces before any shell sees the script. */
  | (Range & { readonly kind: 'expression'; readonly quote: Quote })

export interface Word extends Range {
  /** Quotes removed; variables, substitutions and expressions as they are written. */
  readonly text: string
  readonly parts: readonly Part[]
}

export interface Redirect extends Range {
  /** `>`, `>>`, `<`, `<<`, `<<<`, `>|`, `&>`, `>&` … */
  readonly operator: string
  readonly target: Word
  /** Content of a here-document. */
  readonly body: Word | undefined
}

export interface Assignment extends Range {
  readonly name: string
  readonly value: Word | undefined
  /** `export`, `declare`, `local` and the like. */
  readonly exported: boolean
}

export interface Command extends Range {
  /** First word; empty for a mere assignment. */
  readonly name: string
  readonly words: readonly Word[]
  readonly assignments: readonly Assignment[]
  /** Its own, then those of the groups and loops around it. */
  readonly redirects: readonly Redirect[]
  /** The command whose output it reads. */
  readonly input: Command | undefined
}

export interface Script {
  /** All commands in order of their end, those inside substitutions before the command that holds them. */
  readonly commands: readonly Command[]
  /** Quoting at an offset; the innermost. */
  readonly quotes: readonly (Range & { readonly quote: Quote })[]
}

/** How the character at an offset is quoted. */
export function quoteAt(script: Script, offset: number): Quote {
  let found: Quote = 'none'
  let width = Number.POSITIVE_INFINITY
  for (const region of script.quotes) {
    if (region.start <= offset && offset < region.end && region.end - region.start <= width) {
      found = region.quote
      width = region.end - region.start
    }
  }
  return found
}

/** The command and those that feed it, last first. */
export function* pipeline(command: Command): Generator<Command> {
  for (let at: Command | undefined = command; at; at = at.input) yield at
}

/** The command name without folder, and without `sudo`, `env`, `time`, `command`, `exec`, `nohup` and their like before it. */
export function programOf(command: Command): Program {
  let known = programs.get(command)
  if (!known) {
    known = findProgram(command)
    programs.set(command, known)
  }
  return known
}

/** Nearly every rule about scripts asks for every command. */
const programs = new WeakMap<Command, Program>()

interface Program {
  readonly program: string
  readonly args: readonly Word[]
}

function findProgram(command: Command): Program {
  let at = 0
  const { words } = command
  while (at < words.length) {
    const name = baseName(words[at]?.text ?? '')
    if (!PREFIXES.has(name)) return { program: name, args: words.slice(at + 1) }
    at++
    // Options of the prefix and, for `env`, its assignments; `timeout` and `nice` take a number.
    while (at < words.length && /^(?:-|[A-Za-z_]\w*=|\d+[smhd]?$)/.test(words[at]?.text ?? '')) {
      if (name === 'sudo' && /^-[ugp]$/.test(words[at]?.text ?? '')) at++
      at++
    }
  }
  return { program: '', args: [] }
}

const PREFIXES: ReadonlySet<string> = new Set([
  'sudo',
  'env',
  'time',
  'command',
  'exec',
  'nohup',
  'nice',
  'timeout',
  'xvfb-run',
  'stdbuf',
  'builtin',
  '!',
])

export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}
