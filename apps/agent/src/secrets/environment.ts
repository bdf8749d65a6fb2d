/*
 * The only door through which anything of a process's environment leaves the decoder. What is not named here is never made into a
 * string: the bytes are compared in place, and the caller zeroes them afterwards.
 */

/** Names whose value says which job and step a process belongs to. None can hold a secret: the runner sets them itself. */
const ENVIRONMENT_ALLOWED: ReadonlySet<string> = new Set([
  'GITHUB_ACTION',
  'GITHUB_ACTION_PATH',
  'GITHUB_ACTION_REF',
  'GITHUB_ACTION_REPOSITORY',
  'GITHUB_ACTOR',
  'GITHUB_EVENT_NAME',
  'GITHUB_JOB',
  'GITHUB_OUTPUT',
  'GITHUB_REF',
  'GITHUB_REPOSITORY',
  'GITHUB_RUN_ATTEMPT',
  'GITHUB_RUN_ID',
  'GITHUB_RUN_NUMBER',
  'GITHUB_SERVER_URL',
  'GITHUB_SHA',
  'GITHUB_WORKFLOW',
  'GITHUB_WORKFLOW_REF',
  'GITHUB_WORKSPACE',
  'RUNNER_NAME',
  'RUNNER_TEMP',
  'RUNNER_TRACKING_ID',
])

/** Names that make a program load code it would not load otherwise. The name is worth knowing; the value is never taken. */
const INJECTION_NAMES: ReadonlySet<string> = new Set([
  'BASH_ENV',
  'DOTNET_STARTUP_HOOKS',
  'ENV',
  'GIT_EXTERNAL_DIFF',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GLIBC_TUNABLES',
  'GOFLAGS',
  'JAVA_TOOL_OPTIONS',
  'JDK_JAVA_OPTIONS',
  'LD_AUDIT',
  'LD_LIBRARY_PATH',
  'LD_PRELOAD',
  'NODE_OPTIONS',
  'NODE_PATH',
  'PERL5LIB',
  'PERL5OPT',
  'PROMPT_COMMAND',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'RUBYLIB',
  'RUBYOPT',
  'RUSTC_WRAPPER',
])

export interface EnvironmentView {
  readonly environment: Readonly<Record<string, string>>
  readonly injection: readonly string[]
}

const NAME_BYTES_MAX = 64
const EQUALS = 0x3d
/** By first byte and length: which names are worth a comparison. A job has a hundred variables, of which a few are wanted. */
const WORTH_READING = new Uint8Array(256 * (NAME_BYTES_MAX + 1))
for (const name of [...ENVIRONMENT_ALLOWED, ...INJECTION_NAMES]) WORTH_READING[slot(name.charCodeAt(0), name.length)] = 1

function slot(first: number, length: number): number {
  return length * 256 + first
}

const VALUE_LENGTH_MAX = 1_024
const INJECTION_MAX = 16

/**
 * Takes the allowed entries out of an environment block: NUL-separated `NAME=value`, possibly cut at the end.
 * The first entry of a name wins, as for getenv.
 */
export function readEnvironment(block: Uint8Array): EnvironmentView {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength)
  // No prototype: `__proto__` is a legal environment name.
  const environment: Record<string, string> = Object.create(null)
  const injection: string[] = []
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(0, start)
    const end = found === -1 ? bytes.length : found
    const equals = nameEnd(bytes, start, Math.min(end, start + NAME_BYTES_MAX + 1))
    if (equals > start && WORTH_READING[slot(bytes[start] ?? 0, equals - start)] === 1) {
      // The name alone becomes a string; names are no secrets, values are.
      const name = bytes.toString('latin1', start, equals)
      if (ENVIRONMENT_ALLOWED.has(name)) environment[name] ??= bytes.toString('utf8', equals + 1, end).slice(0, VALUE_LENGTH_MAX)
      else if (INJECTION_NAMES.has(name) && injection.length < INJECTION_MAX && !injection.includes(name)) injection.push(name)
    }
    start = end + 1
  }
  return { environment, injection }
}

/** Where the `=` is, or -1. */
function nameEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === EQUALS) return at
  return -1
}
