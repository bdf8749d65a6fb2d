/* A cgroup of its own for the command: what is in it is watched, from its first instruction, wherever its processes go. */
import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface JobCgroup {
  readonly path: string
  add(pid: number): void
  /** Pids in it and below it. */
  members(): number[]
  /** Moves what is left to the parent and removes it. Never throws. Returns whether it is gone. */
  remove(): boolean
}

/** Where cgroup2 is mounted: the usual place, or the second mount of the hybrid layout. */
export function cgroup2Mount(): string | undefined {
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    if (!after.startsWith('cgroup2 ')) continue
    // Field 5; the kernel writes a space as \040.
    const mount = (before.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    )
    if (mount !== '') return mount
  }
  return undefined
}

/** Creates it below our own, so that limits set for us go on holding for the command. Throws with the system's message. */
export function createCgroup(mount: string): JobCgroup {
  const own = readFileSync('/proc/self/cgroup', 'utf8').match(/^0::(.*)$/m)?.[1] ?? '/'
  const below = join(mount, own)
  // In a cgroup namespace, or when we were moved, that folder may not be there.
  const parent = existsSync(join(below, 'cgroup.procs')) && isWritable(below) ? below : mount
  removeAbandoned(parent)
  const path = join(parent, `gatehouse-${process.pid}-${randomBytes(6).toString('hex')}`)
  mkdirSync(path, { mode: 0o755 })
  return {
    path,
    add: (pid) => writeFileSync(join(path, 'cgroup.procs'), String(pid)),
    members: () => folders(path).flatMap(pidsIn),
    remove() {
      try {
        const target = join(dirname(path), 'cgroup.procs')
        // The deepest first. A process may fork between reading and moving, hence several passes.
        for (let pass = 0; pass < 20 && existsSync(path); pass++) {
          for (const folder of folders(path).reverse()) {
            for (const pid of pidsIn(folder)) {
              try {
                writeFileSync(target, String(pid))
              } catch {
                // It ended by itself.
              }
            }
            try {
              rmdirSync(folder)
            } catch {
              // Not empty yet; the next pass tries again.
            }
          }
        }
      } catch {
        // What is left is an empty cgroup: untidy, and harmless.
      }
      return !existsSync(path)
    },
  }
}

/** An agent that was killed could not remove its cgroup; the next one does, once it is empty. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const owner = /^gatehouse-(\d{1,10})-[0-9a-f]{12}$/.exec(name)?.[1]
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue
    try {
      rmdirSync(join(parent, name))
    } catch {
      // Somebody still runs in it, or another agent was faster.
    }
  }
}

function folders(path: string): string[] {
  const result = [path]
  for (const folder of result) {
    if (result.length > 10_000) break
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) result.push(join(folder, entry.name))
    } catch {
      // Removed meanwhile.
    }
  }
  return result
}

function pidsIn(folder: string): number[] {
  try {
    return readFileSync(join(folder, 'cgroup.procs'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map(Number)
  } catch {
    return []
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
