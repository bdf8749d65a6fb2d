/*
 * The Huffman code of HPACK (RFC 7541, appendix B). It is canonical: codes of one length are consecutive, in the order of the
 * symbols, so the length of each symbol's code says all. Checked against the appendix's code words by the RFC's own examples.
 */

/** Code length of each byte value, 5 as `a`, 6 as `b` and so on to 30 as `z`; the last is the end-of-string mark. */
const LENGTHS =
  'isxxxxxxxtzxxzxxxxxxxxzxxxxxxxxxbffhibdgffdgdbbbaaabbbbbbbcdkbhfibccccccccccccccccccccccdcdioijbkabababbbaccbbbabcbaabccccckgjix' +
  'prpprrrsrssssststtrstssssqrsrsstrqprrssqsrrtqrssqqrqsrssprrrsrrsvvporsruvvvwwvtuoqvwwvwtqqvvxwwwptpqrqqsrruuttvsvwvvwwwwwxwwwwwvz'
const END_OF_STRING = 256
const LONGEST = 30

/** For each length: the first code of that length, how many there are, and where their symbols begin in `SYMBOLS`. */
const FIRST_CODE = new Uint32Array(LONGEST + 1)
const COUNT = new Uint16Array(LONGEST + 1)
const START = new Uint16Array(LONGEST + 1)
const SYMBOLS = new Uint16Array(257)
fillTables()

function fillTables(): void {
  let code = 0
  let filled = 0
  for (let length = 1; length <= LONGEST; length += 1) {
    code *= 2
    FIRST_CODE[length] = code
    START[length] = filled
    for (let symbol = 0; symbol <= END_OF_STRING; symbol += 1) {
      if (LENGTHS.charCodeAt(symbol) - 92 !== length) continue
      SYMBOLS[filled] = symbol
      filled += 1
      code += 1
    }
    COUNT[length] = filled - (START[length] ?? 0)
  }
}

/**
 * Decodes `bytes` into `into`, as far as it has room; the rest is decoded too, for its length and its errors, and dropped.
 * @returns The length of the decoded string, or -1 when the bytes are no Huffman string (RFC 7541, section 5.2).
 */
export function decodeHuffman(bytes: Uint8Array, into: Uint8Array): number {
  let length = 0
  let code = 0
  let bits = 0
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      code = code * 2 + ((byte >> bit) & 1)
      bits += 1
      if (bits < 5) continue
      const index = code - (FIRST_CODE[bits] ?? 0)
      if (index < (COUNT[bits] ?? 0)) {
        const symbol = SYMBOLS[(START[bits] ?? 0) + index] ?? END_OF_STRING
        if (symbol === END_OF_STRING) return -1
        if (length < into.length) into[length] = symbol
        length += 1
        code = 0
        bits = 0
      } else if (bits === LONGEST) return -1
    }
  }
  // What is left over is padding: fewer than eight bits, all ones.
  return bits < 8 && code === 2 ** bits - 1 ? length : -1
}
