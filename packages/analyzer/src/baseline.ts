/* A baseline: the findings a team starts with. What is in it is not reported again; what is new is. */
import type { Finding } from './finding.ts'

export interface Baseline {
  readonly version: 1
  /** How many findings of each fingerprint were there. */
  readonly findings: Readonly<Record<string, number>>
}

export function makeBaseline(findings: readonly Finding[]): Baseline {
  const counts = new Map<string, number>()
  for (const finding of findings) if (!finding.suppressed) counts.set(finding.fingerprint, (counts.get(finding.fingerprint) ?? 0) + 1)
  return { version: 1, findings: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))) }
}

/**
 * Reads a baseline file.
 *
 * @throws {TypeError} If it is not one; the message says what is wrong.
 */
export function parseBaseline(text: string): Baseline {
  const value: unknown = JSON.parse(text)
  if (
    typeof value !== 'object' ||
    value === null ||
    !('version' in value) ||
    value.version !== 1 ||
    !('findings' in value) ||
    typeof value.findings !== 'object' ||
    value.findings === null
  ) {
    throw new TypeError('not a baseline of version 1')
  }
  const findings: Record<string, number> = {}
  for (const [key, count] of Object.entries(value.findings)) {
    if (!/^[0-9a-f]{16}$/.test(key) || typeof count !== 'number' || !(count > 0)) throw new TypeError(`"${key}" is no entry of a baseline`)
    findings[key] = count
  }
  return { version: 1, findings }
}

/** Marks what the baseline knows as suppressed, as often as it knows it. */
export function applyBaseline(findings: readonly Finding[], baseline: Baseline): Finding[] {
  const left = new Map(Object.entries(baseline.findings))
  return findings.map((finding) => {
    const count = left.get(finding.fingerprint) ?? 0
    if (finding.suppressed || count === 0) return finding
    left.set(finding.fingerprint, count - 1)
    return { ...finding, suppressed: { by: 'baseline', reason: 'known when the baseline was made' } }
  })
}
