import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { base64Text, environmentEntries } from '../../decode.ts'

const LONG = /[A-Za-z0-9+/_-]{40,}={0,2}/

function hexText(hex: string): string | null {
  let text = ''
  for (let at = 0; at + 1 < Math.min(hex.length, 4_096); at += 2) {
    const code = Number.parseInt(hex.slice(at, at + 2), 16)
    if (code !== 10 && (code < 32 || code > 126)) return null
    text += String.fromCharCode(code)
  }
  return text
}

export const environmentInRequest = defineDetection({
  id: 'environment-in-request',
  title: 'A request carried the environment in its address',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['S-06', 'S-11'],
  attack: ['T1041', 'T1048'],
  remedy: 'Rotate everything that the step had in its environment. The text in the evidence names what was in it.',
  requires: ['http'],

  match(event, job) {
    const encoded = event.path.split('/').find((part) => LONG.test(part) && part.length >= 40)
    const whole = LONG.exec(event.path)?.[0]
    for (const part of [encoded, whole?.replace(/^\/+/, '')]) {
      if (part === undefined) continue
      const text = /^[0-9a-f]+$/i.test(part) && part.length % 2 === 0 ? hexText(part) : base64Text(part)
      const names = text === null ? 0 : environmentEntries(text)
      if (names < 2) continue
      return {
        message: `${actorWords(job, event)} sent ${names} variables of the environment to ${event.host} within the address of a request.`,
        evidence: { host: event.host, method: event.method, variables: names, exe: event.exe },
        key: event.host,
      }
    }
    return null
  },
})
