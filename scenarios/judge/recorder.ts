/*
 * Turns a report into a recording that may be published: names and folders of the machine become those of an example
 * machine, and anything that still points outside the documentation networks is an error, not a blemish.
 */
import type { Event, JournalRecord } from '@gatehouse/schema'

/** First line of a recording: where it comes from. */
export interface RecordingHeader {
  readonly recording: 1
  readonly scenario: string
  /** Commit of the repository that held the scenario. */
  readonly commit: string
  readonly kernel: string
  /** SHA-256 of the kernel object. */
  readonly object: string
}

/** Prefixes to replace, in this order. */
export type Replacements = readonly (readonly [from: string, to: string])[]

const PUBLIC_NETWORKS = [
  /^192\.0\.2\./,
  /^198\.51\.100\./,
  /^203\.0\.113\./,
  /^2001:db8:/,
  /^127\./,
  /^::1$/,
  /^::$/,
  /^0\.0\.0\.0$/,
  /^fe80:/,
  /^ff02:/,
]

/**
 * The lines of a recording, header first.
 * @param forbidden Texts that must not be in it, such as decoys and the machine's name.
 * @throws {Error} naming the first thing that must not be published.
 */
export function makeRecording(
  header: Omit<RecordingHeader, 'recording' | 'kernel' | 'object'>,
  records: readonly JournalRecord[],
  replacements: Replacements,
  forbidden: readonly string[],
): string[] {
  const first = records[0]
  if (first?.record !== 'job') throw new Error('the report does not begin with a job')
  const { runner, agent } = first.job
  const mapped = records.map((record) => mapTexts(record, replacements) as JournalRecord)
  for (const record of mapped) if (record.record === 'event') refuseRealHosts(record.event)

  for (const record of mapped) if (record.record === 'job') record.job.runner.name = 'fixture-runner'
  const full: RecordingHeader = { recording: 1, ...header, kernel: runner.kernel, object: agent.object ?? '' }
  const lines = [full, ...mapped].map((line) => JSON.stringify(line))
  for (const text of forbidden) {
    const leak = lines.find((line) => line.includes(text))
    if (leak !== undefined) throw new Error(`the recording would contain "${text}": ${leak.slice(0, 300)}`)
  }
  return lines
}

/** Every string of a value, with the replacements made. */
function mapTexts(value: unknown, replacements: Replacements): unknown {
  if (typeof value === 'string') return replacements.reduce((text, [from, to]) => text.replaceAll(from, to), value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, replacements))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, replacements)]))
}

function refuseRealHosts(event: Event): void {
  if (event.kind === 'network' || event.kind === 'http') refuseAddress(event.ip)
  if (event.kind === 'dns') {
    refuseAddress(event.server)
    if (!event.name.endsWith('.test')) throw new Error(`the recording would contain a question for ${event.name}`)
  }
}

function refuseAddress(ip: string | undefined): void {
  if (ip !== undefined && !PUBLIC_NETWORKS.some((network) => network.test(ip)))
    throw new Error(`the recording would contain the address ${ip}`)
}
