/* Flows: which record of a socket belongs to which connection, what came of it, and by what name the job knew the other side. */
import type { EventOf } from '@gatehouse/schema'
import type { FlowRecord, TcpRecord } from '../sensor/record.ts'
import type { NameTable } from '../dns/names.ts'

type Network = EventOf<'network'>
/** What the caller adds: who, when, the number. */
export type NetworkFields = Omit<Network, 'seq' | 'time' | 'step' | 'process' | 'exe' | 'flags' | 'confidence'> & {
  readonly noDns: boolean
}

interface Flow {
  readonly number: number
  readonly fields: Pick<Network, 'protocol' | 'ip' | 'port' | 'localIp' | 'localPort'>
  domain: { readonly name: string; readonly source: 'dns' | 'hosts' | 'http' } | undefined
  /** Time of the attempt, nanoseconds since boot. */
  readonly record: TcpRecord | FlowRecord
  reported: boolean
}

export interface FlowEvent {
  readonly record: TcpRecord | FlowRecord
  readonly fields: NetworkFields
}

export interface FlowTable {
  tcp(record: TcpRecord): FlowEvent | undefined
  datagram(record: FlowRecord): FlowEvent | undefined
  /** A request on this socket named its host. Returns the number of the flow. */
  named(socket: string, host: string): number | undefined
  /** Attempts older than this (nanoseconds since boot) that still have no outcome, each once. */
  pending(beforeNs: number): FlowEvent[]
}

const FLOWS_MAX = 65_536

/** Linux errno numbers, as the kernel reports why a connection failed. */
const OUTCOMES: Readonly<Record<number, NonNullable<Network['outcome']>>> = {
  111: 'refused',
  101: 'unreachable',
  113: 'unreachable',
  110: 'timeout',
}

export function createFlowTable(names: NameTable): FlowTable {
  const flows = new Map<string, Flow>()
  let count = 0

  const open = (key: string, record: TcpRecord | FlowRecord, protocol: Network['protocol']): Flow => {
    const known = names.find(record.remote.ip)
    count++
    const flow: Flow = {
      number: count,
      fields: { protocol, ip: record.remote.ip, port: record.remote.port, localIp: record.local.ip, localPort: record.local.port },
      domain: known === undefined ? undefined : known,
      record,
      reported: false,
    }
    flows.delete(key)
    flows.set(key, flow)
    if (flows.size > FLOWS_MAX) {
      const [oldest] = flows.keys()
      if (oldest !== undefined) flows.delete(oldest)
    }
    return flow
  }

  const fieldsOf = (flow: Flow, op: Network['op'], more: Partial<Pick<Network, 'outcome' | 'sent' | 'received'>>): NetworkFields => ({
    kind: 'network',
    op,
    flow: flow.number,
    ...flow.fields,
    ...(flow.domain === undefined ? {} : { domain: flow.domain.name, domainSource: flow.domain.source }),
    ...more,
    verdict: 'observed',
    noDns: op !== 'close' && flow.domain === undefined && isRemote(flow.fields.ip) && flow.fields.port !== 53,
  })

  return {
    tcp(record) {
      const key = record.socket
      if (record.op === 'listen') {
        const flow = open(key, record, 'tcp')
        flow.reported = true
        return { record, fields: { ...fieldsOf(flow, 'listen', {}), noDns: false } }
      }
      if (record.op === 'connect') {
        open(key, record, 'tcp')
        return undefined
      }
      // A failure without an attempt is one that failed before a packet left.
      const flow = flows.get(key) ?? (record.op === 'failed' ? open(key, record, 'tcp') : undefined)
      if (!flow) return undefined
      if (record.op === 'established') {
        if (flow.reported) return undefined
        flow.reported = true
        return { record: flow.record, fields: fieldsOf(flow, 'connect', { outcome: 'established' }) }
      }
      flows.delete(key)
      if (record.op === 'failed' && !flow.reported) {
        return { record: flow.record, fields: fieldsOf(flow, 'connect', { outcome: OUTCOMES[record.error] ?? 'failed' }) }
      }
      if (!flow.reported) return { record: flow.record, fields: fieldsOf(flow, 'connect', { outcome: 'failed' }) }
      const outcome = record.op === 'failed' ? { outcome: OUTCOMES[record.error] ?? ('failed' as const) } : {}
      return { record, fields: fieldsOf(flow, 'close', { ...outcome, sent: record.sent, received: record.received }) }
    },
    datagram(record) {
      const key = `${record.socket} ${record.remote.ip} ${record.remote.port}`
      if (record.op === 'end') {
        const flow = flows.get(key)
        flows.delete(key)
        // The sum of the peers beyond the kernel's table has no beginning of its own.
        const sum = record.remote.port === 0
        if (!flow && !sum) return undefined
        const totals = { sent: record.sent, received: record.received }
        return { record, fields: { ...fieldsOf(flow ?? open(key, record, record.protocol), 'close', totals), noDns: false } }
      }
      if (record.ingress) return undefined
      const flow = open(key, record, record.protocol)
      flow.reported = true
      return { record, fields: fieldsOf(flow, 'send', { outcome: record.op === 'failed' ? 'failed' : 'sent' }) }
    },
    named(socket, host) {
      const flow = flows.get(socket)
      if (!flow) return undefined
      if (flow.domain === undefined && /[a-z]/.test(host) && !host.includes(':')) flow.domain = { name: host, source: 'http' }
      return flow.number
    },
    pending(beforeNs) {
      const events: FlowEvent[] = []
      for (const flow of flows.values()) {
        if (flow.reported || flow.record.time > beforeNs) continue
        flow.reported = true
        events.push({ record: flow.record, fields: fieldsOf(flow, 'connect', { outcome: 'pending' }) })
      }
      return events
    },
  }
}

/** Not this machine itself: loopback and unspecified addresses never leave it. */
function isRemote(ip: string): boolean {
  return !ip.startsWith('127.') && ip !== '::1' && ip !== '0.0.0.0' && ip !== '::'
}
