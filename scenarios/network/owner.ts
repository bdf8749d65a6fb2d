/*
 * Whatever the scenarios leave on a machine (namespaces, temporary folders) carries the identity of the process that owns
 * it, so that a later start can tell what a killed one left behind and never touches what somebody still uses.
 */
import { readFileSync } from 'node:fs'

/** Pid and kernel start time of a live process, such as `4711-9203412`; a pid alone would be reused. */
export function ownerTag(pid: number = process.pid): string {
  const started = startTicks(pid)
  if (started === null) throw new Error(`no process ${pid}`)
  return `${pid}-${started}`
}

/** Whether the process that a tag names is gone. A text that is no tag is nobody's, and is left alone: false. */
export function isAbandoned(tag: string): boolean {
  const match = /^(\d{1,10})-(\d{1,20})$/.exec(tag)
  if (!match) return false
  return startTicks(Number(match[1])) !== match[2]
}

/** Field 22 of /proc/PID/stat, in clock ticks since boot; the name in field 2 may contain spaces and brackets. */
function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
