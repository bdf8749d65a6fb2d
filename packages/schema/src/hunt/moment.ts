/* Moments in a hunt query: dates, times in UTC, and how long ago. */
import { TIME_MAX } from '../fields.ts'

const UNITS: Readonly<Record<string, number>> = { m: 60e6, h: 3_600e6, d: 86_400e6, w: 604_800e6 }
const FORM = /^(\d{4})-(\d\d)-(\d\d)(?:t(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?z?)?$/i

/** Microseconds since the Unix epoch; undefined when the text is no moment, or one outside 1970 to 2100. */
export function parseMoment(text: string, now: number): number | undefined {
  const ago = /^(\d{1,6})([mhdw])$/i.exec(text)
  if (ago !== null) return Math.max(0, now - Number(ago[1]) * (UNITS[(ago[2] ?? '').toLowerCase()] ?? 0))
  const match = FORM.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0))
  const time = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second)
  // Date.UTC turns 30 February into a day of March; such a text names no moment.
  const date = new Date(time)
  if (date.getUTCMonth() + 1 !== month || date.getUTCDate() !== day || date.getUTCHours() !== hour) return undefined
  if (date.getUTCMinutes() !== minute || date.getUTCSeconds() !== second) return undefined
  const micros = time * 1_000 + Number((match[7] ?? '').padEnd(6, '0'))
  return micros >= 0 && micros <= TIME_MAX ? micros : undefined
}

/** The one way in which a moment is printed; `parseMoment` reads it back exactly. */
export function momentText(time: number): string {
  const whole = new Date(Math.floor(time / 1e6) * 1_000).toISOString().slice(0, 19)
  const micros = time % 1e6
  if (micros !== 0) return `${whole}.${String(micros).padStart(6, '0')}Z`
  return whole.endsWith('T00:00:00') ? whole.slice(0, 10) : `${whole}Z`
}
