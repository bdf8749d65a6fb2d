import { useSyncExternalStore } from 'react'
import { ago, exactTime, offset, timeOfDay } from '../format/format.ts'

/* One clock for the page; everything relative moves with it. */
const TICK_MS = 1_000
let now = Date.now() * 1_000
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now() * 1_000
    for (const each of listeners) each()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** Microseconds since 1970, renewed every second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

/** "5 min ago", with the exact time on hover. */
export function TimeAgo({ time }: { readonly time: number }) {
  const text = useSyncExternalStore(subscribe, () => ago(time, now))
  return (
    <time dateTime={new Date(time / 1_000).toISOString()} title={exactTime(time)}>
      {text}
    </time>
  )
}

/** Time since the job began, with the time of day on hover. */
export function Offset({ time, start }: { readonly time: number; readonly start: number }) {
  return (
    <time className="offset" dateTime={new Date(time / 1_000).toISOString()} title={timeOfDay(time)}>
      {offset(time, start)}
    </time>
  )
}
