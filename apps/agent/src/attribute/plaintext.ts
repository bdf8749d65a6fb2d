/* What programs hand to their TLS libraries, to requests. The kernel side gives heads and header frames; bodies stay in the process. */
import type { PlainRecord } from '../sensor/record.ts'
import { createPlaintextReader, type PlainRequest } from '../tls/index.ts'

export interface PlaintextTable {
  /** The requests that the record completes. The bytes of the record are spent. */
  take(record: PlainRecord, timeUs: number): readonly PlainRequest[]
}

const PREFACE = 'PRI '
const HEAD_END = '\r\n\r\n'
const LF = 0x0a

export function createPlaintextTable(hashCredential: (credential: string) => string): PlaintextTable {
  const reader = createPlaintextReader({ hashCredential })
  return {
    take(record, timeUs) {
      const key = `${record.pid}:${record.start}:${record.connection}`
      if (record.restarted) reader.close(key)
      if (record.data.length === 0) {
        reader.lose(key, 'wrote')
        return []
      }
      // A head is given once, as far as its write reached: the rest never comes, so what is there must do.
      const cut = wholeLines(record.data)
      const found = reader.wrote(key, cut ?? record.data, timeUs)
      record.data.fill(0)
      cut?.fill(0)
      return cut === undefined ? found : found.map((request) => Object.assign({}, request, { complete: false }))
    },
  }
}

/**
 * An HTTP/1 head without its end, made into one with an end: the lines that are whole, since half a credential would hash to something
 * false. Undefined when the bytes are no such head.
 */
function wholeLines(data: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const method = /^[A-Z]{3,16}(?:-[A-Z]{2,16})? /.exec(bytes.toString('latin1', 0, 40))?.[0]
  if (method === undefined || method === PREFACE || bytes.includes(HEAD_END)) return undefined
  const last = bytes.lastIndexOf(LF)
  if (last !== -1) return Buffer.concat([bytes.subarray(0, last + 1), Buffer.from('\r\n')])
  // Not even the first line is whole: the target as far as it goes, without its query.
  const target = /^[^ ?#\r]*/.exec(bytes.toString('latin1', method.length))?.[0] ?? ''
  return Buffer.from(`${method}${target} HTTP/1.1${HEAD_END}`)
}
