import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'

const AGENT = /\bgatehouse\b/
const STOP = /^(?:kill|pkill|killall|skill)$/

export const sensorAttacked = defineDetection({
  id: 'sensor-attacked',
  title: 'Somebody tried to stop or blind the sensor',
  severity: 'critical',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R13', 'R31'],
  attack: ['T1562.001'],
  remedy: 'What happened afterwards may be missing. Do not trust the rest of the record; find the process and what it did before.',
  requires: ['process', 'system', 'memory'],

  match(event, job) {
    let what: string | null = null
    if (event.kind === 'process') {
      const [name = '', ...rest] = event.op === 'exec' ? (event.argv ?? []) : []
      const tool = baseName(name)
      const words = rest.slice(0, 12).join(' ')
      if (STOP.test(tool) && AGENT.test(words)) what = `ran ${tool} ${words}`
      else if (tool === 'systemctl' && /\b(?:stop|disable|mask|kill|freeze)\b/.test(words) && AGENT.test(words))
        what = `ran ${tool} ${words}`
      else if (tool === 'bpftool' && /\b(?:link|prog|map|cgroup|net) (?:detach|delete|update|unpin)\b/.test(words))
        what = `ran ${tool} ${words}`
    } else if (AGENT.test(event.targetExe ?? '') && event.targetExe !== event.exe) {
      what = event.kind === 'memory' ? 'reached into its memory' : `sent it ${event.detail ?? 'a signal'}`
    }
    if (what === null) return null
    return { message: `${actorWords(job, event)} ${what}.`, evidence: { what, exe: event.exe }, key: what }
  },
})
