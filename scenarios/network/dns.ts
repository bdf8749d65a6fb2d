/*
 * A name server for example.test: one question, A and AAAA answers from a table, NXDOMAIN for the rest. Message layout is
 * RFC 1035 §4. Anything it does not understand is dropped, as a resolver under attack would.
 */

export type Zone = ReadonlyMap<string, readonly string[]>

const TYPE_A = 1
const TYPE_AAAA = 28
const HEADER = 12
const TTL_SECONDS = 60

/** The answer to one query message, or null when it is not a query we can read. */
export function answerDns(query: Buffer, zone: Zone): Buffer | null {
  if (query.length < HEADER || (query.readUInt16BE(2) & 0x8000) !== 0 || query.readUInt16BE(4) !== 1) return null
  const question = readQuestion(query)
  if (!question) return null

  const addresses = zone.get(question.name)
  const records = (addresses ?? []).flatMap((address) => {
    const six = address.includes(':')
    if (question.type !== (six ? TYPE_AAAA : TYPE_A)) return []
    return [record(question.type, six ? bytesOfIpv6(address) : Buffer.from(address.split('.').map(Number)))]
  })

  const header = Buffer.alloc(HEADER)
  header.writeUInt16BE(query.readUInt16BE(0), 0)
  // Response, authoritative, recursion as asked and available; NXDOMAIN (3) only for a name we do not have at all.
  header.writeUInt16BE(0x8480 | (query.readUInt16BE(2) & 0x0100) | (addresses ? 0 : 3), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  return Buffer.concat([header, query.subarray(HEADER, question.end), ...records])
}

function readQuestion(query: Buffer): { readonly name: string; readonly type: number; readonly end: number } | null {
  const labels: string[] = []
  let at = HEADER
  for (;;) {
    const length = query[at]
    if (length === undefined || length > 63) return null // a pointer has no place in a lone question
    at += 1
    if (length === 0) break
    if (at + length > query.length) return null
    labels.push(query.toString('latin1', at, at + length).toLowerCase())
    at += length
  }
  if (at + 4 > query.length) return null
  return { name: labels.join('.'), type: query.readUInt16BE(at), end: at + 4 }
}

function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc000 | HEADER, 0) // the name of the question
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(TTL_SECONDS, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

function bytesOfIpv6(address: string): Buffer {
  const [left = '', right = ''] = address.split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === '' ? [] : right.split(':')
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
  const bytes = Buffer.alloc(16)
  groups.forEach((group, index) => bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2))
  return bytes
}
