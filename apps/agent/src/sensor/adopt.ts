/* Processes that were there before the sensor. */
import { readFileSync, readlinkSync } from 'node:fs'
import type { Native, ObjectHandle } from './native.ts'
import type { AdoptedRecord } from './record.ts'
import { readTask, TASK_BYTES } from './records.generated.ts'

/** In the `flags` of `struct process`. */
const PROCESS_WORKER = 1
/** Every pass catches what was forked during the one before; a fork bomb must not keep us here. */
const PASSES_MAX = 16

/**
 * Puts `root` and all its descendants into the kernel's process table, until a pass finds none that is missing. From then on their
 * children are tracked by the fork hook.
 */
export function adoptTree(native: Native, object: ObjectHandle, root: number, isWorker: boolean): AdoptedRecord[] {
  const adopted: AdoptedRecord[] = []
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const before = adopted.length
    for (const { pid, start, parent } of descendants(readTasks(native, object), root)) {
      const key = Buffer.alloc(4)
      key.writeUInt32LE(pid)
      if (native.mapGet(object, 'processes', key) !== undefined) continue
      const worker = isWorker && pid === root
      native.mapSet(object, 'processes', key, processValue(start, parent, worker))
      adopted.push(describe(native, pid, Number(start), parent, worker))
    }
    if (adopted.length === before) break
  }
  return adopted
}

interface Task {
  readonly pid: number
  readonly start: bigint
  readonly parent: number
}

function readTasks(native: Native, object: ObjectHandle): Map<number, Task> {
  const bytes = native.iterate(object, 'on_task')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tasks = new Map<number, Task>()
  for (let at = 0; at + TASK_BYTES <= bytes.length; at += TASK_BYTES) {
    const { tgid, parent } = readTask(view, at)
    tasks.set(tgid, { pid: tgid, start: view.getBigUint64(at, true), parent })
  }
  return tasks
}

function descendants(tasks: ReadonlyMap<number, Task>, root: number): Task[] {
  const children = Map.groupBy(tasks.values(), ({ parent }) => parent)
  const first = tasks.get(root)
  const found = first === undefined ? [] : [first]
  for (const task of found) found.push(...(children.get(task.pid) ?? []).filter(({ pid }) => pid !== task.pid))
  return found
}

/** `struct process`: start, step, parent, flags. */
function processValue(start: bigint, parent: number, worker: boolean): Uint8Array {
  const value = Buffer.alloc(24)
  value.writeBigUInt64LE(start, 0)
  value.writeUInt32LE(parent, 12)
  value.writeUInt32LE(worker ? PROCESS_WORKER : 0, 16)
  return value
}

function describe(native: Native, pid: number, start: number, parent: number, worker: boolean): AdoptedRecord {
  const argv = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '')
  return {
    type: 'adopted',
    time: native.now(),
    step: 0,
    pid,
    tid: pid,
    start,
    compat: false,
    parent,
    exe: attempt(() => readlinkSync(`/proc/${pid}/exe`), ''),
    cwd: attempt(() => readlinkSync(`/proc/${pid}/cwd`), ''),
    argv: argv === '' ? [] : argv.replace(/\0$/, '').split('\0'),
    uid: attempt(() => Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0), 0),
    worker,
  }
}

/** The process may end between any two looks at it. */
function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look()
  } catch {
    return otherwise
  }
}
