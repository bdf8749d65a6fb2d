/*
 * Which descriptors above 2 the shell gave us: the job server of make, `3>&1` of a script. Node marks the first sixteen as its own when it
 * starts, so nothing that it spawns would get them. Higher ones, such as those of `<(…)`, it leaves alone.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Node marks at least these; beyond them it stops at the first gap. */
const MARKED = 16

/**
 * Descriptors that were there before Node began, in order. Ask before anything else is opened. Those below Node's first event queue are
 * certain, since the kernel gives out the lowest free number; above it, what only Node makes is left out.
 *
 * @returns {number[]}
 */
export function inheritedDescriptors() {
  try {
    const open = readdirSync('/proc/self/fd')
      .map(Number)
      .filter((number) => number > 2)
      .toSorted((a, b) => a - b)
      .flatMap(describe)
    const firstQueue = open.find(({ target }) => target === 'anon_inode:[eventpoll]')?.number ?? 3
    return open
      .filter((one) => one.number < firstQueue || (one.number < MARKED ? !couldBeNodes(one, open) : !one.closesOnExec))
      .map(({ number }) => number)
  } catch {
    return []
  }
}

/**
 * The `stdio` of a child that gets exactly these and 0, 1 and 2. What is left out stays closed.
 *
 * @param {readonly number[]} inherited
 * @returns {('inherit' | 'ignore' | number)[]}
 */
export function passOn(inherited) {
  const stdio = Array.from({ length: Math.max(2, ...inherited) + 1 }, (_, number) => (number < 3 ? 'inherit' : 'ignore'))
  for (const number of inherited) stdio[number] = number
  return stdio
}

function describe(number) {
  try {
    const target = readlinkSync(`/proc/self/fd/${number}`)
    const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${number}`, 'utf8'))?.[1] ?? '0', 8)
    return [{ number, target, readOnly: (flags & 0o3) === 0, closesOnExec: (flags & 0o2000000) !== 0 }]
  } catch {
    // The directory that was being read: gone by now.
    return []
  }
}

function couldBeNodes({ number, target, readOnly }, open) {
  if (target.startsWith('anon_inode:')) return true
  if (target === '/dev/null') return readOnly
  // Both ends of one pipe in one process: how Node wakes itself.
  return target.startsWith('pipe:') && open.some((other) => other.number !== number && other.target === target)
}
