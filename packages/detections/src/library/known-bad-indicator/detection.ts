import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { indicatorFor } from '../../indicators.ts'

export const knownBadIndicator = defineDetection({
  id: 'known-bad-indicator',
  title: 'Something known from an attack was met',
  severity: 'critical',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R32', 'S-28'],
  attack: ['T1195.002'],
  remedy: 'Compare with the report in the evidence, and follow it.',
  requires: ['dns', 'network', 'http', 'process'],

  match(event, job) {
    const seen: (string | undefined)[] =
      event.kind === 'dns'
        ? [event.name]
        : event.kind === 'network'
          ? event.op === 'listen' || event.op === 'close'
            ? []
            : [event.domain, event.ip]
          : event.kind === 'http'
            ? [event.host]
            : [event.sha256]
    for (const value of seen) {
      const indicator = value === undefined ? undefined : indicatorFor(value, event.time)
      if (indicator === undefined || value === undefined) continue
      return {
        message: `${actorWords(job, event)} met ${value}, known from ${indicator.campaign}.`,
        evidence: { indicator: value, campaign: indicator.campaign, source: indicator.source, since: indicator.since, exe: event.exe },
        key: value,
      }
    }
    return null
  },
})
