/* The addon, and where it and the kernel object lie. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

declare const handleKind: unique symbol
/** Only the addon can make one; it ends, with everything in it, when it is closed or forgotten. */
export interface ObjectHandle {
  readonly [handleKind]: 'object'
}
export interface ReaderHandle {
  readonly [handleKind]: 'reader'
}

/**
 * The functions of the addon. They throw a TypeError for arguments of the wrong kind, and an Error with `code` (an errno name) and
 * `log` (libbpf's words, verifier included) when the kernel refuses.
 */
export interface Native {
  open(object: Uint8Array): ObjectHandle
  setGlobal(object: ObjectHandle, name: string, value: Uint8Array): void
  setMapSize(object: ObjectHandle, map: string, entries: number): void
  setAutoload(object: ObjectHandle, program: string, load: boolean): void
  load(object: ObjectHandle): void
  attach(object: ObjectHandle, program: string): void
  attachCgroup(object: ObjectHandle, program: string, directory: string): void
  attachUprobe(object: ObjectHandle, program: string, file: string, offset: number): void
  iterate(object: ObjectHandle, program: string): Buffer
  detach(object: ObjectHandle): void
  close(object: ObjectHandle): void
  mapGet(object: ObjectHandle, map: string, key: Uint8Array): Buffer | undefined
  mapSet(object: ObjectHandle, map: string, key: Uint8Array, value: Uint8Array): void
  mapSetCgroup(object: ObjectHandle, map: string, key: Uint8Array, directory: string): void
  mapDelete(object: ObjectHandle, map: string, key: Uint8Array): boolean
  mapNextKey(object: ObjectHandle, map: string, key?: Uint8Array): Buffer | undefined
  mapDescriptor(object: ObjectHandle, map: string): number
  programInfo(object: ObjectHandle, program: string): ProgramInfo | undefined
  hasTracepoint(name: string): boolean
  possibleCpus(): number
  openReader(descriptors: readonly number[]): ReaderHandle
  wait(reader: ReaderHandle, milliseconds: number): number
  drain(reader: ReaderHandle, ring: number, buffer: Uint8Array, counts: Uint32Array): number
  pending(reader: ReaderHandle, ring: number): number
  now(): number
  closeReader(reader: ReaderHandle): void
}

interface ProgramInfo {
  /** Runs and the time in them count only while BPF statistics are on. */
  readonly runs: number
  readonly nanoseconds: number
  /** Times the kernel did not run the program because it was running already on that processor. */
  readonly misses: number
  readonly instructions: number
}

/**
 * The folder of the prebuilt binaries: beside the sources, or beside the built bundle.
 *
 * @throws {Error} When there is none, which means a broken installation.
 */
export function prebuildsFolder(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    for (const candidate of ['prebuilds', 'apps/agent/prebuilds', 'dist/prebuilds'].map((place) => path.join(folder, place))) {
      if (existsSync(path.join(candidate, 'sensor.bpf.o'))) return candidate
    }
    if (folder === path.dirname(folder)) throw new Error('the prebuilt kernel object is not installed')
  }
}

/** @throws {Error} When there is no addon for this platform or the C library is too old for it. */
export function loadNative(): Native {
  const file = path.join(prebuildsFolder(), `linux-${process.arch}`, 'gatehouse.node')
  if (!existsSync(file)) throw new Error(`there is no prebuilt addon for ${process.platform}-${process.arch}`)
  return createRequire(import.meta.url)(file) as Native
}
