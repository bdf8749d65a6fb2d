import { defineDetection } from '../../detection.ts'
import { actorWords, isLocalNetwork, isLoopback } from '../../words.ts'
import { isTool } from '../../programs.ts'
import { isPackageHost } from '../../zones.ts'
import { createBoundedMap } from '../../bounded.ts'

interface Beacon {
  last: number
  readonly gaps: number[]
  readonly seqs: number[]
}
/** Calls closer together than this are one. */
const BURST_US = 500_000

/** Whether intervals vary by less than a third around their mean. */
function regular(gaps: readonly number[]): boolean {
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
  return Math.sqrt(variance) < mean / 3
}

export const outlivedStepBeacons = defineDetection({
  id: 'outlived-step-beacons',
  title: 'A process outlived its step and kept calling a host',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R17', 'S-18'],
  attack: ['T1071', 'T1571'],
  remedy: 'End it, and look at who started it: the step is over, so nobody waits for what it does.',
  requires: ['network'],

  start: () => createBoundedMap<string, Beacon>(2_000),

  match(event, job, beacons) {
    if ((event.op !== 'connect' && event.op !== 'send') || event.port === 53 || isLoopback(event.ip) || isLocalNetwork(event.ip))
      return null
    const process = job.process(event.process)
    const ended = job.step(event.step)?.finishedAt
    if (process === undefined || (event.flags?.includes('outlived-step') !== true && (ended === undefined || ended >= event.time)))
      return null
    if (event.domain !== undefined && isPackageHost(event.domain)) return null
    if (isTool(event.exe, process.argv, 'background-service')) return null
    const host = `${event.domain ?? event.ip}:${event.port}`
    const key = `${process.tree} ${host}`
    const beacon = beacons.get(key)
    if (beacon === undefined) {
      beacons.set(key, { last: event.time, gaps: [], seqs: [event.seq] })
      return null
    }
    const gap = event.time - beacon.last
    if (gap < BURST_US) return null
    beacon.last = event.time
    beacon.gaps.push(gap)
    beacon.seqs.push(event.seq)
    if (beacon.gaps.length > 16) beacon.gaps.shift()
    if (beacon.seqs.length > 16) beacon.seqs.shift()
    if (beacon.gaps.length < 3 || !regular(beacon.gaps.slice(-4))) return null
    return {
      message: `${actorWords(job, event)} still runs after its step and calls ${host} every ${Math.max(1, Math.round(gap / 1_000_000))} s.`,
      evidence: { host, exe: event.exe, calls: beacon.gaps.length + 1, seconds: Math.round(gap / 1_000_000) },
      key: host,
      events: beacon.seqs,
    }
  },
})
