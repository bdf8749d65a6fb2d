/*
 * What DNS tunnels look like, in numbers, for each process tree and registered domain: many names nobody asked for before, long and
 * random labels, record types that carry much. Judging is for the detection R18; this only counts, in bounded memory.
 */
import { randomInt } from 'node:crypto'
import { getDomain } from 'tldts'

export interface DnsQuestion {
  /** Number of the process that roots the tree: the step's first process, or whatever the caller groups by. */
  readonly tree: number
  /** Lower case, without the last dot. */
  readonly name: string
  /** Type asked for, such as TXT. */
  readonly type: string
  /** Microseconds since the Unix epoch. */
  readonly time: number
}

export interface DomainStatistics {
  readonly tree: number
  /** Registered domain: one label below the public suffix. Names without one (single labels, reverse lookups) stand for themselves. */
  readonly domain: string
  readonly queries: number
  /** Different names below the domain; a lower bound once `saturated`. */
  readonly uniqueNames: number
  /** Different names in the busiest minute (of the clock); a lower bound once `saturated`. */
  readonly uniqueNamesPerMinute: number
  /** More different names than are remembered: every tunnel gets here, hardly anything else does. */
  readonly saturated: boolean
  /** Mean Shannon entropy of the part below the domain, bits per character, over different names. */
  readonly entropyMean: number
  /** Longest single label below the domain, and the mean length of the whole part below it. */
  readonly labelLengthMax: number
  readonly partLengthMean: number
  /** Share of queries for TXT or NULL, 0 to 1: the types that carry free content. */
  readonly contentShare: number
  /** Characters sent out in different names: what a tunnel can have carried at most, about 5 bits each. */
  readonly carriedCharacters: number
  readonly firstTime: number
  readonly lastTime: number
}

export interface DnsStatistics {
  /** Counts one question; returns the numbers of its domain after it, for a detection to look at. */
  observe(question: DnsQuestion): DomainStatistics
  /** All, the most different names first. */
  list(): readonly DomainStatistics[]
  /** Drops what a tree had, when its last process is gone. */
  forget(tree: number): void
  /** Domains whose numbers were dropped for newer ones: not asked for the longest. Many of them are a finding themselves. */
  evicted(): number
}

export interface DnsStatisticsOptions {
  readonly domainsMax?: number
  /** How many different names of one domain are remembered, and of all together. */
  readonly namesMax?: number
  readonly namesTotalMax?: number
}

interface Counts {
  readonly tree: number
  readonly domain: string
  queries: number
  content: number
  saturated: boolean
  /** Hashes: names would be a hundred times the memory. */
  readonly names: Set<number>
  minute: number
  readonly minuteNames: Set<number>
  uniquePerMinute: number
  entropySum: number
  lengthSum: number
  labelLengthMax: number
  readonly firstTime: number
  lastTime: number
}

const DOMAINS_MAX = 500
const NAMES_MAX = 1_000
const NAMES_TOTAL_MAX = 100_000
const MINUTE = 60_000_000
/** Names longer than DNS allows are cut for counting. */
const NAME_LENGTH_MAX = 255

export function createDnsStatistics(options: DnsStatisticsOptions = {}): DnsStatistics {
  const { domainsMax = DOMAINS_MAX, namesMax = NAMES_MAX, namesTotalMax = NAMES_TOTAL_MAX } = options
  /** Least recently asked first. */
  const all = new Map<string, Counts>()
  // Unknown to the job, so that it cannot make names that count as one.
  const seed = randomInt(0x7fff_ffff)
  let names = 0
  let evicted = 0

  function drop(key: string, counts: Counts): void {
    all.delete(key)
    names -= counts.names.size
  }

  function countsOf(key: string, tree: number, domain: string, time: number): Counts {
    const known = all.get(key)
    if (known !== undefined) {
      all.delete(key)
      all.set(key, known)
      return known
    }
    const oldest = all.entries().next()
    if (all.size >= domainsMax && oldest.done === false) {
      drop(...oldest.value)
      evicted += 1
    }
    const fresh = emptyCounts(tree, domain, time)
    all.set(key, fresh)
    return fresh
  }

  return {
    observe({ tree, name, type, time }) {
      const whole = name.slice(0, NAME_LENGTH_MAX)
      const domain = registeredDomain(whole)
      const counts = countsOf(`${tree} ${domain}`, tree, domain, time)
      const before = counts.names.size
      count(counts, whole, { type, time, seed, namesMax: names < namesTotalMax ? namesMax : before })
      names += counts.names.size - before
      return toStatistics(counts)
    },
    list: () => [...all.values()].map(toStatistics).toSorted((a, b) => b.uniqueNames - a.uniqueNames),
    forget(tree) {
      for (const [key, counts] of all) if (counts.tree === tree) drop(key, counts)
    },
    evicted: () => evicted,
  }
}

/** The registered domain of a name by the Public Suffix List, private suffixes included (each customer of a host is its own). */
export function registeredDomain(name: string): string {
  // Underscore labels are no host names but are asked for all the same (_acme-challenge), and tunnels use any byte.
  return getDomain(name, { allowPrivateDomains: true, validateHostname: false }) ?? name
}

interface Asked {
  readonly type: string
  readonly time: number
  readonly seed: number
  readonly namesMax: number
}

function count(counts: Counts, name: string, { type, time, seed, namesMax }: Asked): void {
  counts.queries += 1
  counts.lastTime = Math.max(counts.lastTime, time)
  if (type === 'TXT' || type === 'NULL') counts.content += 1
  const part = name.length > counts.domain.length ? name.slice(0, -counts.domain.length - 1) : ''
  const hash = hashOf(part, seed)
  const minute = Math.floor(time / MINUTE)
  if (minute !== counts.minute) {
    counts.minute = minute
    counts.minuteNames.clear()
  }
  if (counts.minuteNames.size < namesMax) counts.minuteNames.add(hash)
  counts.uniquePerMinute = Math.max(counts.uniquePerMinute, counts.minuteNames.size)
  if (counts.names.has(hash)) return
  if (counts.names.size >= namesMax) {
    counts.saturated = true
    return
  }
  counts.names.add(hash)
  counts.entropySum += entropy(part)
  counts.lengthSum += part.length
  for (const label of part.split('.')) counts.labelLengthMax = Math.max(counts.labelLengthMax, label.length)
}

/** FNV-1a with a seed. Among a thousand names two are alike once in ten thousand domains, which does not matter here. */
function hashOf(text: string, seed: number): number {
  let hash = 0x811c_9dc5 ^ seed
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193)
  return hash
}

function emptyCounts(tree: number, domain: string, time: number): Counts {
  return {
    tree,
    domain,
    queries: 0,
    content: 0,
    saturated: false,
    names: new Set(),
    minute: -1,
    minuteNames: new Set(),
    uniquePerMinute: 0,
    entropySum: 0,
    lengthSum: 0,
    labelLengthMax: 0,
    firstTime: time,
    lastTime: time,
  }
}

function toStatistics(counts: Counts): DomainStatistics {
  const unique = counts.names.size
  const mean = (sum: number) => (unique === 0 ? 0 : sum / unique)
  return {
    tree: counts.tree,
    domain: counts.domain,
    queries: counts.queries,
    uniqueNames: unique,
    uniqueNamesPerMinute: counts.uniquePerMinute,
    saturated: counts.saturated,
    entropyMean: mean(counts.entropySum),
    labelLengthMax: counts.labelLengthMax,
    partLengthMean: mean(counts.lengthSum),
    contentShare: counts.queries === 0 ? 0 : counts.content / counts.queries,
    carriedCharacters: counts.lengthSum,
    firstTime: counts.firstTime,
    lastTime: counts.lastTime,
  }
}

/** Shannon entropy of the characters of `text`, bits per character; dots between labels are structure and do not count. */
export function entropy(text: string): number {
  const seen = new Map<string, number>()
  let length = 0
  for (const character of text) {
    if (character === '.') continue
    seen.set(character, (seen.get(character) ?? 0) + 1)
    length += 1
  }
  let bits = 0
  for (const occurrences of seen.values()) bits -= (occurrences / length) * Math.log2(occurrences / length)
  return bits
}
