/*
 * Which files carry probes. A program or library is looked at once, when a process of the job executes or opens it, or beforehand when it
 * is where every machine has it. A probe is in the file, not in a process: from then on all processes that run it are read. The first one
 * of a file nobody expected may be faster than we are; what it wrote until then is not seen.
 */
import { closeSync, constants, fstatSync, openSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { createProbeFinder } from '../elf/index.ts'
import type { Native, ObjectHandle } from './native.ts'
import type { ProbeAnswer } from './probe-worker.ts'
import { LIBRARY_NAMES } from './secrets.ts'

export interface TlsProbeOptions {
  /** Only files below this folder. Tests must not touch what other processes of the machine run. */
  readonly below?: string
  /** Files to probe before anything runs, besides the libraries in the usual places. */
  readonly programs?: readonly string[]
}

export interface ProbedFile {
  readonly path: string
  readonly pid: number
  readonly device: number
  readonly inode: string
}

export interface Probes {
  /** A process executed or opened this file. */
  consider(file: ProbedFile): void
  /** Since when what this file writes is read, nanoseconds since boot; undefined when it is not. */
  probedSince(device: number, inode: string): number | undefined
  /** Resolves when everything that was asked for so far has been decided, or after `milliseconds`. */
  settled(milliseconds: number): Promise<void>
  /** Files that carry probes; that could not be probed; that were left out because there were too many. */
  counts(): { readonly probed: number; readonly failed: number; readonly skipped: number }
  close(): Promise<void>
}

const PROGRAMS = { length: 'on_tls_write', ex: 'on_tls_write', go: 'on_tls_write_go' } as const
/** Each costs a kernel object or three; a job that makes programs by the thousand is not worth following. */
const PROBED_MAX = 256
const LOOKED_AT_MAX = 8_192
const WAITING_MAX = 512
/** Where distributions keep libraries. */
const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/lib',
  '/usr/local/lib',
  '/usr/local/lib64',
]
const NEVER = Number.POSITIVE_INFINITY
const READ = constants.O_RDONLY | constants.O_NONBLOCK

export function createProbes(native: Native, object: ObjectHandle, options: TlsProbeOptions): Probes {
  /** Files that were looked at, with the time from which on they carry probes: never, for most. */
  const states = new Map<string, number>()
  const waiting = new Map<number, string>()
  const finder = createProbeFinder()
  const idle: (() => void)[] = []
  const counts = { probed: 0, failed: 0, skipped: 0 }
  const below = options.below === undefined ? undefined : `${realpathSync(options.below)}/`
  const worker = new Worker(new URL(`./probe-worker${path.extname(import.meta.url)}`, import.meta.url))
  let closed = false
  worker.unref()
  worker.on('message', ({ descriptor, reading }: ProbeAnswer) => decided(descriptor, reading))
  // Without the thread nothing new is probed; connections then say that they cannot be read.
  worker.on('error', () => {
    counts.failed += waiting.size
    for (const descriptor of waiting.keys()) close(descriptor)
  })

  for (const file of options.programs ?? []) look(file)
  // At once, while the thread is still starting: these few are small, and nothing that runs may be faster.
  for (const file of knownLibraries()) look(file, { here: true })

  return {
    consider({ path: file, pid, device, inode }) {
      const key = `${device}:${inode}`
      if (states.has(key)) return
      if (states.size >= LOOKED_AT_MAX) {
        counts.skipped++
        return
      }
      // Through the process first: in a container the path means another file. The inode decides whether it is the right one.
      if (!look(`/proc/${pid}/root${file}`, { key, inode }) && !look(file, { key, inode })) states.set(key, NEVER)
    },
    probedSince(device, inode) {
      const since = states.get(`${device}:${inode}`) ?? NEVER
      return since === NEVER ? undefined : since
    },
    async settled(milliseconds) {
      if (waiting.size === 0) return
      await new Promise<void>((resolve) => {
        idle.push(resolve)
        setTimeout(resolve, milliseconds)
      })
    },
    counts: () => counts,
    async close() {
      if (closed) return
      closed = true
      await worker.terminate()
      for (const descriptor of waiting.keys()) close(descriptor)
    },
  }

  /** Opens a file and has it looked into. False when it is not the one that was meant, or out of bounds. */
  function look(file: string, { key, inode, here = false }: { key?: string; inode?: string; here?: boolean } = {}): boolean {
    if (closed) return false
    let descriptor: number
    try {
      if (below !== undefined && !realpathSync(file.replace(/^\/proc\/\d+\/root(?=\/)/, '')).startsWith(below)) return false
      descriptor = openSync(file, READ)
    } catch {
      return false
    }
    const stat = fstatSync(descriptor, { bigint: true })
    const name = key ?? `${stat.dev}:${stat.ino}`
    if (!stat.isFile() || (inode !== undefined && String(stat.ino) !== inode) || states.has(name)) {
      closeSync(descriptor)
      return states.has(name)
    }
    if (waiting.size >= WAITING_MAX || counts.probed >= PROBED_MAX) {
      counts.skipped++
      closeSync(descriptor)
      return true
    }
    states.set(name, NEVER)
    waiting.set(descriptor, name)
    if (here) decided(descriptor, finder.find(`/proc/self/fd/${descriptor}`))
    else worker.postMessage(descriptor)
    return true
  }

  function decided(descriptor: number, reading: ProbeAnswer['reading']): void {
    const key = waiting.get(descriptor)
    if (closed || key === undefined) return
    states.set(key, reading.kind === 'probes' && attach(descriptor, reading) ? native.now() : NEVER)
    close(descriptor)
  }

  /** Attaches through the descriptor: the path may lead elsewhere by now, and offsets of one file would break another. */
  function attach(descriptor: number, reading: ProbeAnswer['reading'] & { kind: 'probes' }): boolean {
    let attached = 0
    for (const probe of reading.probes) {
      if (probe.direction !== 'write') continue
      try {
        native.attachUprobe(object, PROGRAMS[probe.form], `/proc/self/fd/${descriptor}`, probe.offset)
        attached++
      } catch {
        counts.failed++
      }
    }
    if (attached > 0) counts.probed++
    return attached > 0
  }

  function close(descriptor: number): void {
    waiting.delete(descriptor)
    closeSync(descriptor)
    if (waiting.size > 0) return
    for (const resolve of idle.splice(0)) resolve()
  }
}

function knownLibraries(): string[] {
  return LIBRARY_FOLDERS.flatMap((folder) => LIBRARY_NAMES.map((name) => path.join(folder, name)))
}
