/** Documented in the README; never renumbered. */
export const ExitCode = {
  Ok: 0,
  /** Something is reported at or above the failing severity. */
  Findings: 1,
  /** The command line or the configuration is wrong. */
  Usage: 2,
  /** Some input could not be analysed; wins over findings, since a file that was not read must not pass for a clean one. */
  Incomplete: 3,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
