/* A source file as text, and the way between offsets, lines, columns and bytes. */

export interface Range {
  /** First UTF-16 unit. */
  readonly start: number
  /** One past the last UTF-16 unit. */
  readonly end: number
}

export interface Position {
  /** 1-based. */
  readonly line: number
  /** 1-based, in UTF-16 units, as editors and SARIF (`utf16CodeUnits`) count. */
  readonly column: number
}

/** Something about the file itself that a reader must know; the rest of the file is analysed all the same. */
export interface Problem {
  readonly code: ProblemCode
  readonly message: string
  readonly range: Range
}

/** `encoding`, `yaml` and `limit` mean that part of the file could not be read; `model` that GitHub would not accept its shape. */
export type ProblemCode = 'encoding' | 'yaml' | 'limit' | 'model'

export interface SourceFile {
  /** As given by the caller, with `/` between folders. */
  readonly path: string
  readonly text: string
  /** Whether encoding `text` gives back the bytes that were read. Fixes are refused otherwise. */
  readonly lossless: boolean
  readonly problems: Problem[]
  /** Offset at which each line starts. */
  readonly lineStarts: readonly number[]
}

/** Largest file that is analysed. GitHub refuses workflow files beyond 1 MB (its own limit is 512 KB for most purposes). */
const FILE_BYTES_MAX = 2_000_000

/** The characters that the YAML lexer keeps for itself; in a file they are never legitimate. */
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g

/**
 * Decodes a file. Never throws: what cannot be decoded becomes U+FFFD and a problem that says where.
 *
 * @param path  Name for messages.
 * @param bytes The file; anything, also binary.
 */
export function sourceFromBytes(path: string, bytes: Uint8Array): SourceFile {
  const problems: Problem[] = []
  const cut = bytes.length > FILE_BYTES_MAX ? bytes.subarray(0, FILE_BYTES_MAX) : bytes
  // The fatal decoder would lose the whole file to one bad byte, so it only answers whether there is one.
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(cut)
  const bad = decoded.indexOf('\uFFFD')
  const invalid = bad !== -1 && !isValidUtf8(cut)
  if (invalid)
    problems.push({
      code: 'encoding',
      message: 'The file is not valid UTF-8; GitHub would not read it.',
      range: { start: bad, end: bad + 1 },
    })
  if (cut !== bytes) {
    problems.push({
      code: 'limit',
      message: `The file has ${bytes.length} bytes; only the first ${FILE_BYTES_MAX} were analysed.`,
      range: { start: decoded.length, end: decoded.length },
    })
  }
  return sourceFromText(path, decoded, { lossless: !invalid && cut === bytes, problems })
}

function isValidUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** A source file from text that is already decoded. Control characters become U+FFFD and a problem. */
export function sourceFromText(
  path: string,
  text: string,
  { lossless = true, problems = [] }: { lossless?: boolean; problems?: Problem[] } = {},
): SourceFile {
  CONTROL.lastIndex = 0
  const control = CONTROL.exec(text)
  if (control) {
    problems.push({
      code: 'encoding',
      message: `The file contains the control character U+${control[0].charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}.`,
      range: { start: control.index, end: control.index + 1 },
    })
    return { path, text: text.replace(CONTROL, '\uFFFD'), lossless: false, problems, lineStarts: findLineStarts(text) }
  }
  return { path, text, lossless, problems, lineStarts: findLineStarts(text) }
}

function findLineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Line and column of an offset; offsets beyond the end give the end. */
export function positionAt(file: SourceFile, offset: number): Position {
  const index = lineIndexAt(file, offset)
  const start = file.lineStarts[index] ?? 0
  // A byte order mark is not a column that any editor shows.
  const mark = index === 0 && file.text.charCodeAt(0) === 0xfeff ? 1 : 0
  return { line: index + 1, column: Math.max(1, Math.min(offset, file.text.length) - start - mark + 1) }
}

/** 1-based line of an offset. */
export function lineAt(file: SourceFile, offset: number): number {
  return lineIndexAt(file, offset) + 1
}

function lineIndexAt(file: SourceFile, offset: number): number {
  const { lineStarts } = file
  let low = 0
  let high = lineStarts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lineStarts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

/** Text of a 1-based line, without its line break; empty when there is no such line. */
export function lineText(file: SourceFile, line: number): string {
  const start = file.lineStarts[line - 1]
  if (start === undefined) return ''
  const end = file.lineStarts[line] ?? file.text.length
  return file.text.slice(start, end).replace(/\r?\n$/, '')
}

/** How many bytes of UTF-8 precede an offset. */
export function byteOffsetAt(file: SourceFile, offset: number): number {
  let bytes = 0
  for (let at = 0; at < offset && at < file.text.length; at++) {
    const code = file.text.charCodeAt(at)
    if (code < 0x80) bytes += 1
    else if (code < 0x800) bytes += 2
    else if (code >= 0xd800 && code <= 0xdbff) {
      bytes += 4
      at++
    } else bytes += 3
  }
  return bytes
}
