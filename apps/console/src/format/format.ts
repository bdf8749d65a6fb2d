/* Every number a person reads is written here, so that one thing looks the same everywhere. Times are microseconds since 1970. */

const MICROSECONDS_PER = { second: 1_000_000, minute: 60_000_000, hour: 3_600_000_000, day: 86_400_000_000 } as const

const wholeNumber = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const exact = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'long',
})
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** `12,345`. */
export function count(value: number): string {
  return wholeNumber.format(value)
}

/** `1 host`, `3 hosts`; `no hosts`. The plural is given when it is not the singular with an s. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  if (value === 0) return `no ${plural}`
  return `${count(value)} ${value === 1 ? singular : plural}`
}

/** Counts too wide for a column: `1.2k`, `100k`. */
export function shortCount(value: number): string {
  if (value < 10_000) return count(value)
  if (value < 1_000_000) return `${trim(value / 1_000)}k`
  return `${trim(value / 1_000_000)}M`
}

/** Decimal units, as network tools use them: `0 B`, `640 B`, `4.1 KB`, `12 MB`. */
export function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const
  let rest = value
  let unit = 0
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1_000
    unit += 1
  }
  return `${unit === 0 ? count(rest) : trim(rest)} ${units[unit] ?? 'PB'}`
}

/** From microseconds: `0 s`, `85 µs`, `3.2 ms`, `1.4 s`, `2 m 05 s`, `1 h 04 m`, `3 d 2 h`. */
export function duration(microseconds: number): string {
  const value = Math.max(0, microseconds)
  if (value === 0) return '0 s'
  if (value < 1_000) return `${wholeNumber.format(value)} µs`
  if (value < MICROSECONDS_PER.second * 0.9995) return `${trim(value / 1_000)} ms`
  if (value < MICROSECONDS_PER.minute) return `${trim(value / MICROSECONDS_PER.second)} s`
  const seconds = Math.round(value / MICROSECONDS_PER.second)
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} m`
  return `${Math.floor(minutes / 1_440)} d ${Math.floor((minutes % 1_440) / 60)} h`
}

/** Time since the start of the job, always with the same number of decimals so that a column lines up: `+12.345 s`. */
export function offset(time: number, start: number): string {
  const seconds = (time - start) / MICROSECONDS_PER.second
  const sign = seconds < 0 ? '−' : '+'
  const size = Math.abs(seconds)
  if (size < 600) return `${sign}${size.toFixed(3)} s`
  const minutes = Math.floor(size / 60)
  return `${sign}${minutes}:${(size - minutes * 60).toFixed(1).padStart(4, '0')}`
}

/** `just now`, `42 s ago`, `5 min ago`, `3 h ago`, `yesterday`, `6 days ago`, `12 Mar`. */
export function ago(time: number, now: number): string {
  const past = now - time
  if (past < 5 * MICROSECONDS_PER.second) return 'just now'
  if (past < MICROSECONDS_PER.minute) return `${Math.floor(past / MICROSECONDS_PER.second)} s ago`
  if (past < MICROSECONDS_PER.hour) return `${Math.floor(past / MICROSECONDS_PER.minute)} min ago`
  if (past < MICROSECONDS_PER.day) return `${Math.floor(past / MICROSECONDS_PER.hour)} h ago`
  if (past < 2 * MICROSECONDS_PER.day) return 'yesterday'
  if (past < 28 * MICROSECONDS_PER.day) return `${Math.floor(past / MICROSECONDS_PER.day)} days ago`
  return day.format(time / 1_000)
}

/** Date, time and zone in full, in the viewer's zone. */
export function exactTime(time: number): string {
  return exact.format(time / 1_000)
}

/** Time of day with milliseconds, in the viewer's zone. */
export function timeOfDay(time: number): string {
  return clock.format(time / 1_000)
}

/** `203.0.113.9:8000`, `[2001:db8::1]:443`. */
export function endpoint(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}

/** The last part of a path: `node` of `/usr/local/bin/node`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path
}

/** An argument list as one could type it: arguments with spaces or shell characters are quoted. */
export function commandLine(argv: readonly string[]): string {
  return argv.map((argument) => (/^[\w@%+=:,./‹›-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`)).join(' ')
}

/** First twelve digits of a commit or hash, as git abbreviates. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12)
}

/** `refs/heads/main` is `main`; `refs/tags/v1` is `v1`; `refs/pull/7/merge` is `PR #7`. */
export function refName(ref: string): string {
  const pull = /^refs\/pull\/(\d+)\//.exec(ref)
  if (pull?.[1] !== undefined) return `PR #${pull[1]}`
  return ref.replace(/^refs\/(heads|tags)\//, '')
}

/** One decimal below ten, none above. */
function trim(value: number): string {
  return value < 9.95 ? String(Number(value.toFixed(1))) : wholeNumber.format(value)
}
