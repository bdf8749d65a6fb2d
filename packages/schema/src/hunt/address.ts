/* IP addresses as numbers: parsing, ranges, and one canonical way to write them. */

const BITS = 128n
const MAPPED = 0xffffn << 32n

export interface AddressRange {
  readonly low: bigint
  readonly high: bigint
}

/** The address as a number of 128 bits, IPv4 mapped into IPv6; undefined when the text is none. Zone indices are not addresses. */
export function parseAddress(text: string): bigint | undefined {
  if (text.length > 45) return undefined
  if (!text.includes(':')) {
    const four = parseFour(text)
    return four === undefined ? undefined : MAPPED | four
  }
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const left = groupsOf(halves[0] ?? '', halves.length === 1)
  const right = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : []
  if (left === undefined || right === undefined) return undefined
  const gap = 8 - left.length - right.length
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined
  return [...left, ...Array.from({ length: gap }, () => 0n), ...right].reduce((sum, group) => (sum << 16n) | group, 0n)
}

/** The range of an address or of `address/bits`; undefined when the text is neither. Bits beyond the prefix are ignored. */
export function parseRange(text: string): AddressRange | undefined {
  const [address = '', bits, ...more] = text.split('/')
  const value = parseAddress(address)
  if (value === undefined || more.length > 0) return undefined
  if (bits === undefined) return { low: value, high: value }
  const most = address.includes(':') ? 128 : 32
  if (!/^(0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > most) return undefined
  const size = 1n << BigInt(most - Number(bits))
  const low = (value / size) * size
  return { low, high: low + size - 1n }
}

/** Canonical text (RFC 5952; IPv4-mapped as IPv4) of a range that `parseRange` gave. */
export function rangeText({ low, high }: AddressRange): string {
  let bits = BITS
  for (let size = high - low + 1n; size > 1n; size >>= 1n) bits--
  const four = low >> 32n === 0xffffn && bits >= 96n
  const text = four ? fourText(low & 0xffffffffn) : sixText(low)
  if (low === high) return text
  return `${text}/${four ? bits - 96n : bits}`
}

/** 32 hex digits, so that ranges compare as text. */
export function addressHex(address: bigint): string {
  return address.toString(16).padStart(32, '0')
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let sum = 0n
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    sum = (sum << 8n) | BigInt(part)
  }
  return sum
}

/** Groups of 16 bits on one side of `::`; the last may be an IPv4 address where the address ends. */
function groupsOf(text: string, last: boolean): bigint[] | undefined {
  if (text === '') return []
  const groups: bigint[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`))
    else {
      const four = last && index === parts.length - 1 ? parseFour(part) : undefined
      if (four === undefined) return undefined
      groups.push(four >> 16n, four & 0xffffn)
    }
  }
  return groups
}

function fourText(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.')
}

function sixText(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16))
  // The longest run of zero groups, the first of equals, at least two.
  let best = { from: 0, length: 1 }
  for (let from = 0; from < 8; from++) {
    let length = 0
    while (groups[from + length] === '0') length++
    if (length > best.length) best = { from, length }
  }
  if (best.length === 1) return groups.join(':')
  return `${groups.slice(0, best.from).join(':')}::${groups.slice(best.from + best.length).join(':')}`
}
