/* Types of the launcher's table, for the tools that read it. The table itself is plain JavaScript, see there. */
export type Program = 'agent' | 'server' | 'cli'

export interface Command {
  readonly name: string
  readonly summary: string
  readonly usage: string
  readonly program: Program
  readonly options: readonly (readonly [string, string])[]
  readonly examples: readonly (readonly [string, string])[]
}

export const PROGRAMS: Readonly<Record<Program, { readonly source: string; readonly bundle: string }>>
export const COMMANDS: readonly Command[]
