/* Addresses as canonical text. */

/**
 * The 16 bytes at `at` as text: dotted for IPv4-mapped addresses, else IPv6 as RFC 5952 wants it (lower case, the longest run of
 * two or more zero groups shortened, the first when there are several).
 */
export function addressText(bytes: Uint8Array, at: number): string {
  const byte = (index: number) => bytes[at + index] ?? 0
  const group = (index: number) => byte(index * 2) * 256 + byte(index * 2 + 1)
  let zeros = 0
  while (zeros < 5 && group(zeros) === 0) zeros++
  if (zeros === 5 && group(5) === 0xffff) return `${byte(12)}.${byte(13)}.${byte(14)}.${byte(15)}`

  let [runStart, runLength] = [-1, 1]
  for (let index = 0; index < 8; index++) {
    let end = index
    while (end < 8 && group(end) === 0) end++
    if (end - index > runLength) [runStart, runLength] = [index, end - index]
    index = Math.max(index, end - 1)
  }
  const groups = Array.from({ length: 8 }, (_, index) => group(index).toString(16))
  if (runStart < 0) return groups.join(':')
  return `${groups.slice(0, runStart).join(':')}::${groups.slice(runStart + runLength).join(':')}`
}
