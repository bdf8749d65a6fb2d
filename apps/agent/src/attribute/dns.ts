/* DNS records of the kernel to questions and answers. Joins datagrams and streams, and lets only answers to questions teach us names. */
import type { EventOf } from '@gatehouse/schema'
import type { DnsRecord } from '../sensor/record.ts'
import { readDnsMessage, type DnsMessage } from '../dns/message.ts'
import type { NameTable } from '../dns/names.ts'
import { createDnsStream, type DnsStream } from '../dns/stream.ts'

export type DnsFields = Omit<EventOf<'dns'>, 'seq' | 'time' | 'step' | 'process' | 'exe' | 'flags' | 'confidence'>

export interface DnsReader {
  /** The questions and answers that this record completes, usually one. */
  read(record: DnsRecord): DnsFields[]
  /** Records that could not be read as DNS. */
  readonly undecodable: number
}

const STREAMS_MAX = 1_024
const DATAGRAMS_MAX = 256
const QUESTIONS_OPEN_MAX = 8_192
const DATAGRAM_BYTES_MAX = 65_535

interface Direction {
  readonly stream: DnsStream
  next: number
}

export function createDnsReader(names: NameTable): DnsReader {
  const streams = new Map<string, Direction>()
  const datagrams = new Map<string, { readonly bytes: Buffer; filled: number }>()
  const open = new Set<string>()
  let undecodable = 0

  return {
    get undecodable() {
      return undecodable
    },
    read(record) {
      const messages = record.transport === 'udp' ? datagram(record) : segment(record)
      return messages.flatMap((bytes) => {
        const message = readDnsMessage(bytes)
        if (!message) {
          undecodable++
          return []
        }
        return eventsOf(record, message)
      })
    },
  }

  function eventsOf(record: DnsRecord, message: DnsMessage): DnsFields[] {
    // A name server inside the job sees both from the other side; the one who asked is who counts.
    if (message.response !== record.ingress) return []
    const common = { kind: 'dns', transport: record.transport, server: record.remote.ip, port: record.remote.port, id: message.id } as const
    return message.questions.map(({ name, type }) => {
      const key = `${record.socket} ${message.id} ${type} ${name}`
      if (!message.response) {
        remember(open, key, QUESTIONS_OPEN_MAX)
        return { ...common, op: 'query', name: name.slice(0, 255), type }
      }
      // Nobody asked this question on this socket: it is recorded, but teaches us nothing.
      if (open.delete(key)) names.learn(name, message.answers)
      const answers = message.answers.map((answer) => ({ ...answer, name: answer.name.slice(0, 255) }))
      return { ...common, op: 'answer', name: name.slice(0, 255), type, code: message.code, answers }
    })
  }

  function datagram(record: DnsRecord): Uint8Array[] {
    if (record.offset === 0 && record.data.length >= record.total) return [record.data]
    if (record.total > DATAGRAM_BYTES_MAX) return []
    const key = `${record.socket} ${record.ingress} ${record.remote.ip}`
    let joined = record.offset === 0 ? undefined : datagrams.get(key)
    if (record.offset === 0) {
      joined = { bytes: Buffer.alloc(record.total), filled: 0 }
      datagrams.delete(key)
      datagrams.set(key, joined)
      trim(datagrams, DATAGRAMS_MAX)
    }
    if (!joined || joined.filled !== record.offset) return []
    joined.bytes.set(record.data.subarray(0, joined.bytes.length - record.offset), record.offset)
    joined.filled += record.data.length
    if (joined.filled < joined.bytes.length) return []
    datagrams.delete(key)
    return [joined.bytes]
  }

  function segment(record: DnsRecord): Uint8Array[] {
    const key = `${record.socket} ${record.ingress}`
    const start = (record.sequence + record.offset) >>> 0
    let direction = streams.get(key)
    if (!direction) {
      direction = { stream: createDnsStream(), next: start }
      streams.set(key, direction)
      trim(streams, STREAMS_MAX)
    }
    // Sequence numbers wrap; the signed difference tells before from after.
    const ahead = (start - direction.next) | 0
    if (ahead > 0) {
      if (!direction.stream.broken) undecodable++
      direction.stream.breakOff()
      return []
    }
    const fresh = record.data.subarray(-ahead)
    if (-ahead >= record.data.length) return []
    direction.next = (direction.next + fresh.length) >>> 0
    return direction.stream.push(fresh)
  }
}

function remember(set: Set<string>, key: string, max: number): void {
  set.add(key)
  if (set.size <= max) return
  const [oldest] = set
  if (oldest !== undefined) set.delete(oldest)
}

function trim(map: Map<string, unknown>, max: number): void {
  if (map.size <= max) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
