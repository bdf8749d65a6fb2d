/* Flows: which record of a socket belongs to which connection, what came of it, and by what name the job knew the other side. */
import type { EventOf } from '@gatehouse/schema'
import type { Address, FlowRecord, HelloRecord, HttpRecord, TcpRecord } from '../sensor/record.ts'
import type { TlsFields } from './hello.ts'
import type { NameTable } from '../dns/names.ts'

type Network = EventOf<'network'>
/** What the caller adds: who, when, the number. */
export type NetworkFields = Omit<Network, 'seq' | 'time' | 'step' | 'process' | 'exe' | 'flags' | 'confidence'> & {
  readonly noDns: boolean
}

interface Flow {
  readonly number: number
  fields: Pick<Network, 'protocol' | 'ip' | 'port' | 'localIp' | 'localPort'>
  domain: { readonly name: string; readonly source: 'dns' | 'hosts' | 'http' | 'sni' } | undefined
  sni: string | undefined
  /** Host of a CONNECT: what TLS asks for afterwards is behind the tunnel. */
  tunnel: string | undefined
  /** Time of the attempt, nanoseconds since boot. */
  readonly record: TcpRecord | FlowRecord | HelloRecord
  reported: boolean
}

export interface FlowEvent {
  readonly record: TcpRecord | FlowRecord | HelloRecord
  readonly fields: NetworkFields
  readonly flags?: readonly ('sni-mismatch' | 'tls-odd' | 'existed')[]
}

/** A flow that carries a request. */
interface Carrier {
  readonly flow: number
  readonly ip: string
  readonly port: number
}

export interface FlowTable {
  tcp(record: TcpRecord): FlowEvent | undefined
  datagram(record: FlowRecord): FlowEvent | undefined
  /** A request on this connection named its host. Returns the number of the flow. */
  named(record: HttpRecord, method: string, host: string): number | undefined
  /** TLS or QUIC began. */
  hello(record: HelloRecord, tls: TlsFields): FlowEvent
  /** The flow on which this process last spoke TLS with this host. */
  carrying(pid: number, host: string): Carrier | undefined
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
  /** Packets know the addresses of a connection, the records of its life know its socket: both ends together lead from one to the other. */
  const sockets = new Map<string, string>()
  const carriers = new Map<string, Carrier>()
  let count = 0

  const open = (key: string, record: TcpRecord | FlowRecord | HelloRecord, protocol: Network['protocol']): Flow => {
    const known = names.find(record.remote.ip)
    count++
    const flow: Flow = {
      number: count,
      fields: { protocol, ip: record.remote.ip, port: record.remote.port, localIp: record.local.ip, localPort: record.local.port },
      domain: known,
      sni: undefined,
      tunnel: undefined,
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

  const fieldsOf = (
    flow: Flow,
    op: Network['op'],
    more: Partial<Pick<Network, 'outcome' | 'sent' | 'received' | 'sni' | 'ja4' | 'alpn' | 'ech'>>,
  ): NetworkFields => ({
    kind: 'network',
    op,
    flow: flow.number,
    ...flow.fields,
    ...(flow.domain === undefined ? {} : { domain: flow.domain.name, domainSource: flow.domain.source }),
    ...(flow.sni === undefined ? {} : { sni: flow.sni }),
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
        // With Fast Open the first bytes leave before there is a local port.
        put(sockets, `${record.pid} ${ends({ ip: '', port: 0 }, record.remote)}`, key)
        return undefined
      }
      // A failure without an attempt is one that failed before a packet left.
      const flow = flows.get(key) ?? (record.op === 'failed' ? open(key, record, 'tcp') : undefined)
      if (!flow) return undefined
      if (record.op === 'established') {
        put(sockets, ends(record.local, record.remote), key)
        // The local port is chosen after the attempt began.
        flow.fields = { ...flow.fields, localIp: record.local.ip, localPort: record.local.port }
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
    hello(record, { odd, ...tls }) {
      const key = record.transport === 'tcp' ? socketOf(record) : `${record.socket} ${record.remote.ip} ${record.remote.port}`
      const known = flows.get(key)
      // What was open before anybody watched, or was handed over by somebody who is not watched.
      const flow = known ?? open(key, record, record.transport)
      flow.reported = true
      if (record.transport === 'udp') flow.fields = { ...flow.fields, protocol: 'quic' }
      flow.sni = tls.sni
      const { ip, port } = flow.fields
      const named = tls.sni !== undefined && /[a-z]/.test(tls.sni)
      const resolved = named && names.resolved(tls.sni ?? '', ip)
      const mismatch = named && !resolved && flow.domain?.source === 'dns' && flow.tunnel !== tls.sni
      if (named && !mismatch && tls.sni !== undefined) flow.domain = { name: tls.sni, source: resolved ? 'dns' : 'sni' }
      if (tls.sni !== undefined) put(carriers, `${record.pid} ${tls.sni}`, { flow: flow.number, ip, port })
      const fields = { ...fieldsOf(flow, 'tls', tls), noDns: false }
      return {
        record,
        fields,
        flags: [
          ...(mismatch ? ['sni-mismatch' as const] : []),
          ...(odd ? ['tls-odd' as const] : []),
          ...(known === undefined ? ['existed' as const] : []),
        ],
      }
    },
    carrying: (pid, host) => carriers.get(`${pid} ${host}`),
    named(record, method, host) {
      const flow = flows.get(socketOf(record))
      if (!flow) return undefined
      if (method === 'CONNECT') flow.tunnel = host
      else if (flow.domain === undefined && /[a-z]/.test(host) && !host.includes(':')) flow.domain = { name: host, source: 'http' }
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

  function socketOf(record: HelloRecord | HttpRecord): string {
    const key = sockets.get(ends(record.local, record.remote)) ?? sockets.get(`${record.pid} ${ends({ ip: '', port: 0 }, record.remote)}`)
    return key ?? `packet ${record.socket}`
  }
}

function ends(local: Address, remote: Address): string {
  return `${local.ip}:${local.port} ${remote.ip}:${remote.port}`
}

function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= FLOWS_MAX) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

/** Not this machine itself: loopback and unspecified addresses never leave it. */
function isRemote(ip: string): boolean {
  return !ip.startsWith('127.') && ip !== '::1' && ip !== '0.0.0.0' && ip !== '::'
}
