/*
 * Which name a process knew an address by. Filled from the answers the job received, asked when it connects. Per job, not per process:
 * resolvers and connection pools live in other processes than the one that connects.
 */
import type { DnsRecord } from './message.ts'

export interface KnownName {
  readonly name: string
  /** An answer that the job received, or the machine's own list. */
  readonly source: 'dns' | 'hosts'
}

export interface NameTable {
  /** Takes the answer to a question. CNAME chains lead back to the name that was asked for. */
  learn(question: string, answers: readonly DnsRecord[]): void
  /** The name that most recently resolved to this address, or undefined when nobody asked. */
  find(ip: string): KnownName | undefined
  /** Whether this name was asked for and led to this address. Several names share one in a content network. */
  resolved(name: string, ip: string): boolean
}

/** Addresses remembered. A job that resolves more is itself worth a look; the oldest are forgotten first. */
const ADDRESSES_MAX = 20_000

/** @param hosts Names that addresses have without any question, from before the job. */
export function createNameTable(hosts: ReadonlyMap<string, string> = new Map()): NameTable {
  const byAddress = new Map<string, KnownName>()
  const pairs = new Set<string>()
  return {
    learn(question, answers) {
      // Names that the question leads to. Only addresses of these are its answer; anything else was slipped in.
      const chain = new Set([question])
      for (let pass = 0; pass < answers.length; pass++) {
        const before = chain.size
        for (const { name, type, data } of answers) if (type === 'CNAME' && chain.has(name)) chain.add(data)
        if (chain.size === before) break
      }
      for (const { name, type, data } of answers) {
        if ((type !== 'A' && type !== 'AAAA') || !chain.has(name)) continue
        remember(`${question} ${data}`)
        byAddress.delete(data)
        byAddress.set(data, { name: question, source: 'dns' })
        if (byAddress.size > ADDRESSES_MAX) {
          const [oldest] = byAddress.keys()
          if (oldest !== undefined) byAddress.delete(oldest)
        }
      }
    },
    find(ip) {
      const listed = hosts.get(ip)
      return byAddress.get(ip) ?? (listed === undefined ? undefined : { name: listed, source: 'hosts' })
    },
    resolved: (name, ip) => pairs.has(`${name} ${ip}`),
  }

  function remember(pair: string): void {
    pairs.delete(pair)
    pairs.add(pair)
    if (pairs.size <= ADDRESSES_MAX) return
    const [oldest] = pairs
    if (oldest !== undefined) pairs.delete(oldest)
  }
}
