/*
 * Batches on disk between the job and the server. A batch is written whole, under a temporary name first, and removed once the server has
 * it for good. The folder is root's alone: a record of a build is worth protecting, and a job must not read or plant batches.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface Spool {
  readonly folder: string
  /** Keeps a batch. False when the spool is full; then it is not kept. */
  put(number: number, bytes: Uint8Array): boolean
  /** Numbers of the batches that are waiting, in order. */
  waiting(): number[]
  read(number: number): Uint8Array
  remove(number: number): void
  /** Removes the folder when it is empty. Returns whether it is gone. */
  close(): boolean
}

/** What is kept beside the batches, so that a later run can deliver what an earlier one could not. */
export interface SpoolOwner {
  readonly job: string
  readonly server: string
  readonly pid: number
}

const SPOOL_BYTES_MAX = 256 * 1_024 * 1_024

/** Where spools are: the machine's state for root, the user's otherwise. */
export function spoolRoot(environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment['GATEHOUSE_STATE']
  if (own !== undefined && own.startsWith('/')) return join(own, 'spool')
  if (process.getuid?.() === 0) return '/var/lib/gatehouse/spool'
  return join(environment['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'gatehouse', 'spool')
}

/** Creates the spool of a job. Throws with the system's message when it cannot, or when the folder is not safe to use. */
export function createSpool(root: string, owner: SpoolOwner, bytesMax = SPOOL_BYTES_MAX): Spool {
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const found = statSync(root)
  if (found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0) {
    throw new Error(`${root} must belong to this user and be closed to others (mode 0700)`)
  }
  const folder = join(root, owner.job)
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(join(folder, OWNER), JSON.stringify(owner), { mode: 0o600 })
  return openSpool(folder, bytesMax)
}

const OWNER = 'owner.json'

function openSpool(folder: string, bytesMax: number): Spool {
  const sizes = new Map<number, number>()
  let total = 0
  for (const name of readdirSync(folder)) {
    const number = /^(\d{8})\.batch$/.exec(name)?.[1]
    if (number === undefined) continue
    const { size } = statSync(join(folder, name))
    sizes.set(Number(number), size)
    total += size
  }
  const path = (number: number) => join(folder, `${String(number).padStart(8, '0')}.batch`)
  return {
    folder,
    put(number, bytes) {
      if (total + bytes.length > bytesMax) return false
      try {
        writeFileSync(`${path(number)}.part`, bytes, { mode: 0o600 })
        renameSync(`${path(number)}.part`, path(number))
      } catch {
        rmSync(`${path(number)}.part`, { force: true })
        return false
      }
      sizes.set(number, bytes.length)
      total += bytes.length
      return true
    },
    waiting: () => [...sizes.keys()].toSorted((a, b) => a - b),
    read: (number) => readFileSync(path(number)),
    remove(number) {
      rmSync(path(number), { force: true })
      total -= sizes.get(number) ?? 0
      sizes.delete(number)
    },
    close() {
      if (sizes.size > 0) return false
      try {
        rmSync(join(folder, OWNER), { force: true })
        rmdirSync(folder)
      } catch {
        return false
      }
      return true
    },
  }
}

/** Spools that runs before us left behind for this server: their agent is gone, their batches are not. */
export function abandonedSpools(root: string, server: string): { readonly owner: SpoolOwner; readonly spool: Spool }[] {
  let names: string[]
  try {
    names = readdirSync(root).slice(0, 1_000)
  } catch {
    return []
  }
  return names.flatMap((name) => {
    try {
      const folder = join(root, name)
      // Safe: the folder is ours alone, so this is what createSpool wrote; a field that is missing fails the comparisons.
      const owner = JSON.parse(readFileSync(join(folder, OWNER), 'utf8')) as SpoolOwner
      if (owner.job !== name || owner.server !== server || isRunning(owner.pid)) return []
      return [{ owner, spool: openSpool(folder, SPOOL_BYTES_MAX) }]
    } catch {
      return []
    }
  })
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
