/* The sensor as the agent sees it: the kernel object loaded and attached, its records told in order, its books. */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Accounting } from '@gatehouse/schema'
import { readAccounting } from './accounting.ts'
import { adoptTree } from './adopt.ts'
import { CONTROL, type Drained, type DrainOptions, RUN } from './drain-protocol.ts'
import { createMerger } from './merge.ts'
import { createProbes, type Probes, type TlsProbeOptions } from './probes.ts'
import { loadNative, type Native, type ObjectHandle, prebuildsFolder } from './native.ts'
import type { KernelRecord } from './record.ts'
import { LIBRARY_NAMES, libraryEntry, SECRET_NAMES, secretEntry, type SecretName } from './secrets.ts'

export interface SensorOptions {
  /** What is watched: process trees (call `track`), or everything in a cgroup and below (path of its directory). */
  readonly scope: { readonly kind: 'tree' } | { readonly kind: 'cgroup'; readonly path: string }
  /** Directory of the cgroup at which the network hooks are attached: the scope's own, or the root in the product. */
  readonly hooksCgroup: string
  /** Base names of executables that are runner workers; their direct children are steps. */
  readonly workerNames?: readonly string[]
  readonly secretNames?: readonly SecretName[]
  readonly objectPath?: string
  /** Powers of two, at least a page. */
  readonly criticalRingBytes?: number
  readonly bulkRingBytes?: number
  /** Processes that can be tracked at once; more are counted as lost. Default 65,536. */
  readonly processesMax?: number
  /** Within it, repetitions of one act are counted instead of told. 0 tells everything. */
  readonly windowMilliseconds?: number
  /** Read what programs hand to their TLS libraries. Probes are in files, so all processes of the machine that run one feel it. */
  readonly tlsProbes?: TlsProbeOptions
}

interface Capabilities {
  /** True when every hook is attached. */
  readonly full: boolean
  /** What is missing and what follows, in words. */
  readonly missing: readonly string[]
  /** From the call of `openSensor` to the last hook attached. */
  readonly loadMilliseconds: number
  /** SHA-256 of the kernel object in use, hex. */
  readonly objectSha256: string
}

/** In-kernel cost of one hook; the numbers stay 0 unless BPF statistics are on. */
interface HookCost {
  readonly hook: string
  readonly runs: number
  readonly nanoseconds: number
}

export interface Sensor {
  readonly capabilities: Capabilities
  /** Records that made no sense, since the start. */
  readonly undecodable: number
  /**
   * Calls back with every batch of records, in order of time, until the sensor is closed. What byte arrays in the records show is
   * zeroed when the call returns. One callback; batches wait until there is one.
   */
  onBatch(callback: (records: readonly KernelRecord[]) => void): void
  /**
   * Adopts a process and its descendants: those that were there before, or the root of a tree scope. Tells an `adopted` record for
   * each. `worker`: its direct children will be steps.
   *
   * @returns How many were adopted; 0 when the process is gone.
   */
  track(pid: number, options?: { readonly worker?: boolean }): number
  /** What became of the records so far, per type. Once drained: made = delivered + aggregated + lost. */
  accounting(): Accounting[]
  costs(): HookCost[]
  /** Since when what this file writes through TLS is read, nanoseconds since boot; undefined when it is not. */
  probedSince(device: number, inode: string): number | undefined
  /** Files with probes, and those that should have them and have none. */
  probeCounts(): { readonly probed: number; readonly failed: number; readonly skipped: number }
  /** Stops draining, as if the agent hung, until `resume`. For tests and measurements. */
  pause(): void
  resume(): void
  /** Detaches everything, tells what is left, unmaps. Resolves with the final accounting; a second call gives the same. */
  close(): Promise<Accounting[]>
}

/** Hooks without which the record would be a lie. */
const TRACEPOINTS = ['on_fork', 'on_exit', 'on_exec', 'on_call', 'on_tcp_state'] as const
const CGROUP_HOOKS = ['on_socket', 'on_egress', 'on_ingress', 'on_socket_release'] as const
const IO_URING = 'on_io_uring'
const UPROBES = ['on_tls_write', 'on_tls_write_go'] as const
/** How long the start waits for the libraries that are probed beforehand. */
const PROBES_MILLISECONDS = 250
/** Programs that hold a TLS library of their own are larger than this; what is smaller links one. */
const PROGRAM_BYTES_MIN = 1 << 20

/**
 * Loads the kernel object, attaches it, and starts to drain.
 *
 * @throws {Error} With `code` and `log` when the kernel refuses the object or a mandatory hook; nothing stays attached then.
 */
export async function openSensor(options: SensorOptions): Promise<Sensor> {
  const began = performance.now()
  const native = loadNative()
  const code = readFileSync(options.objectPath ?? path.join(prebuildsFolder(), 'sensor.bpf.o'))
  const objectSha256 = createHash('sha256').update(code).digest('hex')
  const object = native.open(code)
  try {
    const missing = load(native, object, options)
    const drain = startDrain(native, object)
    const probes = options.tlsProbes === undefined ? undefined : createProbes(native, object, options.tlsProbes)
    await probes?.settled(PROBES_MILLISECONDS)
    const capabilities = { full: missing.length === 0, missing, loadMilliseconds: performance.now() - began, objectSha256 }
    await drain.online
    return createSensor(native, object, drain, probes, capabilities)
  } catch (error) {
    native.close(object)
    throw error
  }
}

/** Configures, loads, fills the maps, attaches. Returns what could not be attached but is not mandatory. */
function load(native: Native, object: ObjectHandle, options: SensorOptions): string[] {
  const { scope } = options
  const missing: string[] = []
  const hooks = realpathSync(options.hooksCgroup)
  const hooksCoverScope = scope.kind === 'cgroup' && realpathSync(scope.path) === hooks
  const hasIoUring = native.hasTracepoint('io_uring_submit_req')

  native.setGlobal(object, 'scope_is_cgroup', u32(scope.kind === 'cgroup' ? 1 : 0))
  native.setGlobal(object, 'hooks_cover_scope', u32(hooksCoverScope ? 1 : 0))
  native.setGlobal(object, 'agent_pid', u32(process.pid))
  native.setGlobal(object, 'socket_mask', randomBytes(8))
  native.setGlobal(object, 'window_ns', u64((options.windowMilliseconds ?? 1_000) * 1e6))
  if (options.criticalRingBytes !== undefined) native.setMapSize(object, 'critical', options.criticalRingBytes)
  if (options.bulkRingBytes !== undefined) native.setMapSize(object, 'bulk', options.bulkRingBytes)
  if (options.processesMax !== undefined) native.setMapSize(object, 'processes', options.processesMax)
  native.setAutoload(object, IO_URING, hasIoUring)
  for (const hook of UPROBES) native.setAutoload(object, hook, options.tlsProbes !== undefined)
  native.load(object)

  if (scope.kind === 'cgroup') native.mapSetCgroup(object, 'scope_cgroup', u32(0), scope.path)
  for (const name of options.workerNames ?? ['Runner.Worker']) native.mapSet(object, 'worker_names', name32(name), u32(1))
  for (const secret of options.secretNames ?? SECRET_NAMES) {
    const { key, value } = secretEntry(secret)
    native.mapSet(object, 'secret_names', key, value)
  }
  if (options.tlsProbes !== undefined) {
    for (const name of LIBRARY_NAMES) {
      const { key, value } = libraryEntry(name)
      native.mapSet(object, 'secret_names', key, value)
    }
  }

  for (const hook of TRACEPOINTS) native.attach(object, hook)
  for (const hook of CGROUP_HOOKS) native.attachCgroup(object, hook, hooks)
  if (hasIoUring) native.attach(object, IO_URING)
  else missing.push('io_uring requests are not seen: this kernel has no tracepoint for them (Linux 6.3 and later have)')
  return missing
}

interface Drain {
  readonly worker: Worker
  readonly control: Int32Array
  /** Resolves when the thread runs, rejects when it cannot start. */
  readonly online: Promise<void>
}

function startDrain(native: Native, object: ObjectHandle): Drain {
  const shared = new SharedArrayBuffer(4)
  const control = new Int32Array(shared)
  control[CONTROL.RUN] = RUN.DRAIN
  const options: DrainOptions = {
    descriptors: [native.mapDescriptor(object, 'critical'), native.mapDescriptor(object, 'bulk')],
    control: shared,
  }
  // The build knows this form and puts the name of the thread's own bundle there.
  const worker = new Worker(new URL('./drain.ts', import.meta.url), { workerData: options })
  const online = new Promise<void>((resolve, reject) => {
    worker.once('online', resolve)
    worker.once('error', reject)
  })
  return { worker, control, online }
}

function createSensor(
  native: Native,
  object: ObjectHandle,
  { worker, control }: Drain,
  probes: Probes | undefined,
  capabilities: Capabilities,
): Sensor {
  const merger = createMerger()
  const delivered = new Float64Array(24)
  const waiting: Drained[] = []
  let callback: ((records: readonly KernelRecord[]) => void) | undefined
  let closing: Promise<Accounting[]> | undefined
  let failure: Error | undefined
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      resolve()
    })
  })

  const tell = (records: readonly KernelRecord[]) => {
    if (probes) for (const record of records) consider(probes, record)
    if (records.length > 0) callback?.(records)
  }
  const deliver = (drained: Drained) => {
    for (const [type, count] of drained.counts.entries()) delivered[type] = (delivered[type] ?? 0) + count
    try {
      tell(merger.push(views(drained.critical), views(drained.bulk), drained.watermark))
    } finally {
      merger.wipe()
      for (const { buffer, length } of [...drained.critical, ...drained.bulk]) {
        new Uint8Array(buffer, 0, length).fill(0)
        worker.postMessage(buffer, [buffer])
      }
    }
  }

  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error(String(error))
  })
  worker.on('message', (drained: Drained) => {
    if (callback === undefined) waiting.push(drained)
    else deliver(drained)
  })

  const accounting = () => readAccounting(native, object, delivered)
  const finish = async () => {
    native.detach(object)
    control[CONTROL.RUN] = RUN.STOP
    Atomics.notify(control, CONTROL.RUN)
    await ended
    for (const drained of waiting.splice(0)) deliver(drained)
    tell(merger.flush())
    merger.wipe()
    const final = accounting()
    await probes?.close()
    native.close(object)
    if (failure !== undefined) throw failure
    return final
  }

  return {
    capabilities,
    get undecodable() {
      return merger.undecodable
    },
    onBatch(wanted) {
      callback = wanted
      for (const drained of waiting.splice(0)) deliver(drained)
    },
    track(pid, { worker: isWorker = false } = {}) {
      const adopted = adoptTree(native, object, pid, isWorker)
      tell(adopted)
      return adopted.length
    },
    accounting,
    costs: () =>
      [...TRACEPOINTS, ...CGROUP_HOOKS, IO_URING, ...UPROBES].flatMap((hook) => {
        const info = native.programInfo(object, hook)
        return info === undefined ? [] : [{ hook, runs: info.runs, nanoseconds: info.nanoseconds }]
      }),
    probedSince: (device, inode) => probes?.probedSince(device, inode),
    probeCounts: () => probes?.counts() ?? { probed: 0, failed: 0, skipped: 0 },
    pause() {
      Atomics.compareExchange(control, CONTROL.RUN, RUN.DRAIN, RUN.PAUSE)
    },
    resume() {
      Atomics.compareExchange(control, CONTROL.RUN, RUN.PAUSE, RUN.DRAIN)
      Atomics.notify(control, CONTROL.RUN)
    },
    close() {
      closing ??= finish()
      return closing
    },
  }
}

function consider(probes: Probes, record: KernelRecord): void {
  if (record.type === 'library' || (record.type === 'exec' && record.size >= PROGRAM_BYTES_MIN)) {
    const { pid, device, inode } = record
    probes.consider({ path: record.type === 'exec' ? record.exe : record.path, pid, device, inode })
  }
}

function views(filled: Drained['critical']): Uint8Array[] {
  return filled.map(({ buffer, length }) => new Uint8Array(buffer, 0, length))
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function u64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(Math.round(value)))
  return bytes
}

function name32(name: string): Uint8Array {
  if (Buffer.byteLength(name) > 31) throw new RangeError(`the worker name ${name} is longer than 31 bytes`)
  const bytes = Buffer.alloc(32)
  bytes.write(name)
  return bytes
}
