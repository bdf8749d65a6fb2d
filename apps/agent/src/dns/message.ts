/*
 * A strict reader of DNS messages (RFC 1035). Whoever sends these may be the attacker, so nothing in a message decides how long reading
 * takes: names are at most 255 bytes, compression pointers must point backwards, and there are bounds on questions and records.
 */

export interface DnsQuestion {
  readonly name: string
  readonly type: string
}
export interface DnsRecord {
  readonly name: string
  readonly type: string
  /** Text form: an address, a name, or quoted text; hex for types we do not know. */
  readonly data: string
  readonly ttl: number
}
export interface DnsMessage {
  readonly id: number
  readonly response: boolean
  /** Response code in words, such as NOERROR. */
  readonly code: string
  readonly questions: readonly DnsQuestion[]
  readonly answers: readonly DnsRecord[]
  /** True when the message ends before all it announces, or exceeds our bounds; what could be read is there. */
  readonly cut: boolean
}

const QUESTIONS_MAX = 16
const ANSWERS_MAX = 64
const NAME_BYTES_MAX = 255
const DATA_LENGTH_MAX = 1_024
const HEADER_BYTES = 12

/** The message in `bytes`, or undefined when it is none. Never throws. */
export function readDnsMessage(bytes: Uint8Array): DnsMessage | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const flags = view.getUint16(2)
  const questionCount = view.getUint16(4)
  const answerCount = view.getUint16(6)
  // Opcode 0 is a query; anything else (update, notify) has another layout. A message without a question is of no use to us.
  if (((flags >> 11) & 0xf) !== 0 || questionCount === 0) return undefined

  const questions: DnsQuestion[] = []
  const answers: DnsRecord[] = []
  let at = HEADER_BYTES
  let cut = questionCount > QUESTIONS_MAX
  for (let index = 0; index < Math.min(questionCount, QUESTIONS_MAX); index++) {
    const name = readName(bytes, at)
    if (!name || name.end + 4 > bytes.length) return questions.length === 0 ? undefined : finish(true)
    questions.push({ name: name.text, type: typeName(view.getUint16(name.end)) })
    at = name.end + 4
  }
  // Past our bound of questions the position of the answers is unknown.
  if (cut) return finish(true)

  for (let index = 0; index < answerCount; index++) {
    if (answers.length >= ANSWERS_MAX) return finish(true)
    const name = readName(bytes, at)
    if (!name || name.end + 10 > bytes.length) return finish(true)
    const type = view.getUint16(name.end)
    const ttl = view.getUint32(name.end + 4)
    const start = name.end + 10
    const end = start + view.getUint16(name.end + 8)
    if (end > bytes.length) return finish(true)
    answers.push({ name: name.text, type: typeName(type), ttl, data: readData(bytes, type, start, end).slice(0, DATA_LENGTH_MAX) })
    at = end
  }
  return finish(cut)

  function finish(isCut: boolean): DnsMessage {
    cut = isCut
    return { id: view.getUint16(0), response: (flags & 0x8000) !== 0, code: codeName(flags & 0xf), questions, answers, cut }
  }
}

interface Name {
  readonly text: string
  /** Where reading goes on, in the place the name was met. */
  readonly end: number
}

function readName(bytes: Uint8Array, start: number): Name | undefined {
  const labels: string[] = []
  let at = start
  let end = -1
  let length = 0
  // Each pointer must go before the place of the one it was met in: a strictly falling sequence cannot loop.
  let floor = start
  for (;;) {
    const size = bytes[at]
    if (size === undefined) return undefined
    if (size === 0) {
      if (end === -1) end = at + 1
      return { text: labels.join('.'), end }
    }
    if ((size & 0xc0) === 0xc0) {
      const low = bytes[at + 1]
      if (low === undefined) return undefined
      const target = ((size & 0x3f) << 8) | low
      if (end === -1) end = at + 2
      if (target >= floor) return undefined
      floor = target
      at = target
      continue
    }
    if ((size & 0xc0) !== 0 || at + 1 + size > bytes.length) return undefined
    length += size + 1
    if (length > NAME_BYTES_MAX) return undefined
    labels.push(labelText(bytes, at + 1, at + 1 + size))
    at += size + 1
  }
}

/** A label in presentation form (RFC 4343): a dot or a control inside a label must not read as a separator or worse. */
function labelText(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x41 && byte <= 0x5a) text += String.fromCharCode(byte + 32)
    else if (byte === 0x2e || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`
    else if (byte > 0x20 && byte < 0x7f) text += String.fromCharCode(byte)
    else text += `\\${String(byte).padStart(3, '0')}`
  }
  return text
}

function readData(bytes: Uint8Array, type: number, start: number, end: number): string {
  const length = end - start
  if (type === 1 && length === 4) return bytes.subarray(start, end).join('.')
  if (type === 28 && length === 16) return ipv6Text(bytes.subarray(start, end))
  if (type === 2 || type === 5 || type === 12 || type === 39) return readName(bytes, start)?.text ?? ''
  if (type === 15 && length > 2) return readName(bytes, start + 2)?.text ?? ''
  if (type === 33 && length > 6) return readName(bytes, start + 6)?.text ?? ''
  if (type === 16) return textStrings(bytes, start, end)
  return Buffer.from(bytes.subarray(start, Math.min(end, start + DATA_LENGTH_MAX / 2))).toString('hex')
}

function textStrings(bytes: Uint8Array, start: number, end: number): string {
  const parts: string[] = []
  for (let at = start; at < end;) {
    const size = bytes[at] ?? 0
    const stop = Math.min(at + 1 + size, end)
    parts.push(JSON.stringify(Buffer.from(bytes.subarray(at + 1, stop)).toString('latin1')))
    at += size + 1
  }
  return parts.join(' ')
}

/** RFC 5952: lower case, the longest run of zero groups as `::`; an IPv4-mapped address as IPv4. */
export function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0))
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return bytes.subarray(12, 16).join('.')
  let best = { at: -1, length: 1 }
  for (let at = 0; at < 8; at++) {
    let length = 0
    while (at + length < 8 && groups[at + length] === 0) length++
    if (length > best.length) best = { at, length }
  }
  const hex = groups.map((group) => group.toString(16))
  if (best.at === -1) return hex.join(':')
  return `${hex.slice(0, best.at).join(':')}::${hex.slice(best.at + best.length).join(':')}`
}

/** IANA "Domain Name System (DNS) Parameters": those that CI traffic really contains; others as TYPEn (RFC 3597). */
const TYPES: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  10: 'NULL',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  35: 'NAPTR',
  39: 'DNAME',
  41: 'OPT',
  43: 'DS',
  46: 'RRSIG',
  48: 'DNSKEY',
  52: 'TLSA',
  64: 'SVCB',
  65: 'HTTPS',
  252: 'AXFR',
  255: 'ANY',
  257: 'CAA',
}
function typeName(type: number): string {
  return TYPES[type] ?? `TYPE${type}`
}

const CODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE']
function codeName(code: number): string {
  return CODES[code] ?? `RCODE${code}`
}
