/* The kernel counts nanoseconds since boot; a reader wants the time of day. */
import { readFileSync } from 'node:fs'

export interface BootClock {
  /** Microseconds since the Unix epoch of a CLOCK_BOOTTIME reading in nanoseconds. */
  readonly toEpoch: (bootNs: number) => number
  /** Microseconds since the Unix epoch, now. */
  now(): number
}

/** Time spent asleep below this is not told from the coarse resolution of /proc/uptime. */
const SUSPENDED_MIN_S = 0.1

/** Relates the clocks once: a clock that is set while the job runs must not reorder its events. */
export function createBootClock(): BootClock {
  const monotonicNs = Number(process.hrtime.bigint())
  const epochUs = (performance.timeOrigin + performance.now()) * 1_000
  // CLOCK_BOOTTIME is CLOCK_MONOTONIC plus the time the machine was suspended; Node offers only the latter.
  const uptimeS = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])
  const suspendedS = uptimeS - monotonicNs / 1e9
  const bootNs = monotonicNs + (suspendedS > SUSPENDED_MIN_S ? suspendedS * 1e9 : 0)
  const originUs = epochUs - bootNs / 1_000
  return {
    toEpoch: (ns) => Math.max(0, Math.round(originUs + ns / 1_000)),
    now: () => Math.round(epochUs + (Number(process.hrtime.bigint()) - monotonicNs) / 1_000),
  }
}
