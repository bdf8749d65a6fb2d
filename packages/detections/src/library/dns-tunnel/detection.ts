import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { createBoundedMap } from '../../bounded.ts'
import { siteOf } from '../../hosts.ts'
import { entropy } from '../../decode.ts'

/** Unique labels per zone and tree that no ordinary client reaches; and how random they look, in bits per character. */
const LABELS_MIN = 40
const LENGTH_MIN = 20
const ENTROPY_MIN = 3.2

interface Zone {
  readonly labels: Set<string>
  bits: number
}

export const dnsTunnel = defineDetection({
  id: 'dns-tunnel',
  title: 'A process sent data out as DNS questions',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R18', 'S-07', 'S-16', 'S-25'],
  attack: ['T1071.004', 'T1048.003'],
  remedy: 'Decode the names in the evidence: the data is in them. Block the zone and rotate what the process could read.',
  requires: ['dns'],

  start: () => createBoundedMap<string, Zone>(2_000),

  match(event, job, zones) {
    if (event.op !== 'query' || event.name.endsWith('.arpa') || event.name.endsWith('.internal')) return null
    const { site, labels } = siteOf(event.name)
    if (labels.length < LENGTH_MIN) return null
    const key = `${job.process(event.process)?.tree ?? event.process} ${site}`
    const zone = zones.get(key) ?? { labels: new Set<string>(), bits: 0 }
    if (zone.labels.size === 0) zones.set(key, zone)
    if (zone.labels.size >= LABELS_MIN || zone.labels.has(labels)) return null
    zone.labels.add(labels)
    zone.bits += entropy(labels)
    if (zone.labels.size < LABELS_MIN || zone.bits / zone.labels.size < ENTROPY_MIN) return null
    return {
      message: `${actorWords(job, event)} asked for ${zone.labels.size} long, random names below ${site}: data travels in such questions.`,
      evidence: {
        zone: site,
        names: zone.labels.size,
        example: event.name,
        bitsPerCharacter: Math.round((zone.bits / zone.labels.size) * 100) / 100,
      },
      key: site,
    }
  },
})
