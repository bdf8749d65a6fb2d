/*
 * Takes secrets out of text before anything is stored. A secret becomes `‹redacted:HASH›`, where HASH is the start of an HMAC under a
 * key that never leaves this process: the same secret reads the same within a record, and nobody can test guesses against it.
 */
import { createHmac } from 'node:crypto'
import { PASSWORD_P_PROGRAMS, SECRET_ENVIRONMENT, USER_OPTIONS, isSecretOption, placePatterns, tokenPattern } from './shapes.ts'

export interface Redactor {
  /** A path, a file name, an HTTP path: masks and token shapes. Returns the very same string when there is nothing to hide. */
  path(text: string): string
  /** A DNS name: like `path`, but in any case of letters. */
  domain(text: string): string
  /** A whole command line, argument by argument, at most `lengthMax` characters each. */
  argv(argv: readonly string[], lengthMax: number): string[]
  /** Free text: masks, token shapes and values in secret places. */
  text(text: string): string
  /** Keyed hash of a credential, for saying "the same one" without keeping it. 32 hex digits. */
  credential(value: string): string
}

/** Values shorter than this are not masked: replacing every `1` or `true` would destroy the record and hide nothing. */
const MASK_LENGTH_MIN = 8
const MASKS_MAX = 256
/** Arguments and environments repeat: texts that hold nothing secret are remembered by the thousand and looked at once. */
const HARMLESS_MAX = 4_096
const HARMLESS_LENGTH_MAX = 256
/** A secret that crosses the cut must be seen whole before the text is cut. */
const CUT_MARGIN = 4_096

/**
 * @param options.key   Secret of this run, 32 random bytes.
 * @param options.masks Values that are known to be secret, such as those of our own environment.
 */
export function createRedactor(options: { readonly key: Uint8Array; readonly masks: readonly string[] }): Redactor {
  const tokens = tokenPattern(false)
  const caselessTokens = tokenPattern(true)
  const places = placePatterns()
  const masks = [...new Set(options.masks)].filter((mask) => mask.length >= MASK_LENGTH_MIN).slice(0, MASKS_MAX)
  // The longest first, so that a mask that contains another is replaced as a whole.
  masks.sort((a, b) => b.length - a.length)

  const mark = (secret: string) => `‹redacted:${createHmac('sha256', options.key).update(secret).digest('hex').slice(0, 8)}›`

  const known = (text: string) => {
    let result = text
    for (const mask of masks) if (result.includes(mask)) result = result.replaceAll(mask, mark(mask))
    return result
  }
  const path = (text: string) => known(text).replace(tokens, mark)
  const examined = (value: string) => {
    let result = path(value)
    for (const pattern of places) {
      result = result.replace(pattern, (whole: string, ...rest: unknown[]) => {
        // Safe: each place pattern has exactly these two named groups, and named groups come last.
        const { keep, secret } = rest.at(-1) as { keep: string; secret: string }
        return secret.startsWith('‹redacted:') ? whole : keep + mark(secret)
      })
    }
    return result
  }
  const harmless = new Set<string>()
  const text = (value: string) => {
    if (harmless.has(value)) return value
    const result = examined(value)
    if (result === value && value.length <= HARMLESS_LENGTH_MAX) {
      if (harmless.size >= HARMLESS_MAX) harmless.clear()
      harmless.add(value)
    }
    return result
  }

  return {
    path,
    text,
    domain: (name) => known(name).replace(caselessTokens, mark),
    credential: (value) => createHmac('sha256', options.key).update(value).digest('hex').slice(0, 32),
    argv(argv, lengthMax) {
      const program = basename(argv[0] ?? '')
      return argv.map((word, index) => {
        const whole = cut(word, lengthMax + CUT_MARGIN)
        const before = index > 0 ? (argv[index - 1] ?? '') : ''
        return cut(valueOf(before, whole, program) ?? text(whole), lengthMax)
      })
    },
  }

  /** The argument with its secret marked when the option before it says that it is one. */
  function valueOf(option: string, argument: string, program: string): string | undefined {
    if (argument === '') return undefined
    if (!option.startsWith('-') && !program.startsWith('my')) return undefined
    if (isSecretOption(option) && !argument.startsWith('--')) return mark(argument)
    if (option === '-p' && PASSWORD_P_PROGRAMS.has(program) && !/^[\d.:]+(?:\/(?:tcp|udp))?$/.test(argument)) return mark(argument)
    if (program.startsWith('my') && /^-p./.test(argument)) return `-p${mark(argument.slice(2))}`
    const colon = USER_OPTIONS.has(option) ? argument.indexOf(':') : -1
    if (colon > 0 && !argument.includes('/')) return argument.slice(0, colon + 1) + mark(argument.slice(colon + 1))
    return undefined
  }
}

const cut = (value: string, lengthMax: number) => (value.length > lengthMax ? value.slice(0, lengthMax) : value)

/** The values of an environment that its names declare to be secrets. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => (value !== undefined && SECRET_ENVIRONMENT.test(name) ? [value] : []))
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
