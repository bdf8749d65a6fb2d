/* Looking into encoded text, without a platform's help: libraries have none. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The text that base64 (either alphabet) encodes, or null when it is no base64 of printable ASCII. At most 4,096 characters are looked at. */
export function base64Text(encoded: string): string | null {
  let bits = 0
  let held = 0
  let text = ''
  for (const character of encoded.slice(0, 4_096).replaceAll('-', '+').replaceAll('_', '/')) {
    if (character === '=') break
    const value = ALPHABET.indexOf(character)
    if (value === -1) return null
    bits = ((bits << 6) | value) & 0xffffff
    held += 6
    if (held < 8) continue
    held -= 8
    const code = (bits >> held) & 0xff
    if (code !== 9 && code !== 10 && code !== 13 && (code < 32 || code > 126)) return null
    text += String.fromCharCode(code)
  }
  return text
}

/** Bits per character: how random a text looks. */
export function entropy(text: string): number {
  if (text === '') return 0
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let sum = 0
  for (const count of counts.values()) sum -= (count / text.length) * Math.log2(count / text.length)
  return sum
}

/** How many different environment entries (`NAME=…` at the start of a line, or `"NAME":`) a text holds. */
export function environmentEntries(text: string): number {
  const names = new Set([...text.matchAll(/(?:^|[\n&;{,]\s*"?)([A-Z][A-Z0-9_]{1,63})"?[=:]/g)].map((match) => match[1]))
  return names.size
}
