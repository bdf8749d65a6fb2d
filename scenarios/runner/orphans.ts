/*
 * At the end of a job the runner ends what its steps left running, which it knows by the tracking id in their environment.
 * Changing that variable is a known way to stay alive, and the fixture keeps the hole.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Kills every process that started after `afterTicks` and carries the tracking id. Returns their pids. */
export function endOrphans(trackingId: string, afterTicks: number): number[] {
  const ended: number[] = []
  const ours = networkOf(process.pid)
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    // Only younger processes in our network can be ours, so the environment of the rest of the machine is not even looked at.
    if (!Number.isInteger(pid) || pid === process.pid || startTicks(pid) < afterTicks || networkOf(pid) !== ours) continue
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`RUNNER_TRACKING_ID=${trackingId}`)) continue
      process.kill(pid, 'SIGKILL')
      ended.push(pid)
    } catch {
      // It ended by itself, or is not ours to see.
    }
  }
  return ended
}

function networkOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return null
  }
}

/** Kernel start time of a process in clock ticks since boot; 0 when it is gone. */
export function startTicks(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  } catch {
    return 0
  }
}
