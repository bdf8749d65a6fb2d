/*
 * What the sensor's tests share: a cgroup of their own, C programs compiled on the spot, and a sensor around one act. Everything it
 * makes is gone afterwards, also when a test fails.
 */
import { type SpawnSyncOptions, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Accounting } from '@gatehouse/schema'
import { cgroup2Mount } from '../../../../../tools/requirements.ts'
import type { KernelRecord } from '../record.ts'
import { openSensor, type Sensor, type SensorOptions } from '../sensor.ts'

/** Divides the numbers of the large tests where the machine is emulated and some twenty times slower (`npm run kernels`). */
export const SCALE = process.env['GATEHOUSE_EMULATED'] === undefined ? 1 : 20

export type RecordOf<T extends KernelRecord['type']> = Extract<KernelRecord, { type: T }>

export interface Bench {
  /** A temporary directory. */
  readonly directory: string
  /** The directory of the bench's own cgroup. */
  readonly cgroup: string
  /** Path of the program compiled from `testing/NAME.c`. */
  program(name: string): string
  /** Runs a command inside the cgroup. Rejects when it exits with another code than `code` (default 0). */
  run(command: readonly string[], options?: { readonly code?: number; readonly cgroup?: string }): Promise<string>
  /** Runs `act` under a sensor and gives what it told. */
  capture(act: (sensor: Sensor) => Promise<void>, options?: Partial<SensorOptions>): Promise<Capture>
  remove(): void
}

export class Capture {
  readonly records: readonly KernelRecord[]
  readonly accounting: readonly Accounting[]
  readonly undecodable: number

  constructor(records: readonly KernelRecord[], accounting: readonly Accounting[], undecodable: number) {
    this.records = records
    this.accounting = accounting
    this.undecodable = undecodable
  }

  of<T extends KernelRecord['type']>(type: T): RecordOf<T>[] {
    return this.records.filter((record): record is RecordOf<T> => record.type === type)
  }

  account(type: string): Accounting {
    return this.accounting.find((entry) => entry.type === type) ?? { type, ring: 'critical', made: 0, delivered: 0, aggregated: 0, lost: 0 }
  }
}

let benches = 0

export function createBench(): Bench {
  const mount = cgroup2Mount()
  if (mount === undefined) throw new Error('no cgroup2 mount')
  const directory = mkdtempSync(path.join(tmpdir(), 'gh-sensor-'))
  const cgroup = path.join(mount, `gh-sensor-${process.pid}-${benches++}`)
  mkdirSync(cgroup)
  const compiled = new Map<string, string>()

  const bench: Bench = {
    directory,
    cgroup,
    program(name) {
      const known = compiled.get(name)
      if (known !== undefined) return known
      const output = path.join(directory, name)
      const source = path.join(import.meta.dirname, `${name}.c`)
      const built = spawnSync('cc', ['-O2', '-pthread', '-o', output, source], { encoding: 'utf8' } satisfies SpawnSyncOptions)
      if (built.status !== 0) throw new Error(`${name}.c does not compile: ${built.stderr}`)
      compiled.set(name, output)
      return output
    },
    run(command, { code = 0, cgroup: where = cgroup } = {}) {
      return new Promise((resolve, reject) => {
        // The shell joins the cgroup and becomes the command, so the command never runs outside.
        const child = spawn('/bin/sh', ['-c', `echo $$ > ${where}/cgroup.procs && exec "$@"`, 'sh', ...command], {
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        let [output, errors] = ['', '']
        child.stdout.on('data', (data: Buffer) => (output += data.toString()))
        child.stderr.on('data', (data: Buffer) => (errors += data.toString()))
        child.on('error', reject)
        child.on('close', (status) => {
          if (status === code) resolve(output)
          else reject(new Error(`${command.join(' ')} ended with ${status}: ${errors}`))
        })
      })
    },
    async capture(act, options = {}) {
      const sensor = await openSensor({ scope: { kind: 'cgroup', path: cgroup }, hooksCgroup: cgroup, ...options })
      const records: KernelRecord[] = []
      sensor.onBatch((batch) => {
        for (const record of batch) records.push(keep(record))
      })
      let accounting: Accounting[]
      try {
        await act(sensor)
      } finally {
        accounting = await sensor.close()
      }
      return new Capture(records, accounting, sensor.undecodable)
    },
    remove() {
      rmSync(directory, { recursive: true, force: true })
      removeCgroup(cgroup)
    },
  }
  return bench
}

/** Byte arrays are zeroed after the callback, so what a test wants to look at later must be copied. */
function keep(record: KernelRecord): KernelRecord {
  switch (record.type) {
    case 'exec':
      return { ...record, environment: Uint8Array.from(record.environment) }
    case 'dns':
      return { ...record, data: Uint8Array.from(record.data) }
    case 'hello':
    case 'plain':
      return { ...record, data: Uint8Array.from(record.data) }
    case 'http':
      return { ...record, head: Uint8Array.from(record.head) }
    default:
      return record
  }
}

/** Ends what is left in a cgroup that a test made, and removes it. */
function removeCgroup(cgroup: string): void {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      for (const pid of readFileSync(path.join(cgroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
        process.kill(Number(pid), 'SIGKILL')
    } catch {
      // Gone between the look and the signal.
    }
    try {
      rmdirSync(cgroup)
      return
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

export function writeTo(file: string, text: string): string {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}
