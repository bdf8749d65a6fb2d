/* Generated from the type information of the kernel object by tools/generate-decoder.ts. Do not edit: npm run generate. */

export const RECORD = {
  FORK: 1,
  EXEC: 2,
  ARGS: 3,
  EXIT: 4,
  OPEN_READ: 5,
  OPEN_WRITE: 6,
  PATH: 7,
  TCP: 8,
  FLOW: 9,
  DNS: 10,
  HTTP: 11,
  MEMORY: 12,
  SYSTEM: 13,
  TRACKING: 14,
  HELLO: 15,
  PLAIN: 16,
  MAX: 24,
} as const

export const FLAG = {
  PATH_CUT: 1,
  WRITE: 2,
  CREATED: 4,
  COMPAT: 8,
  IO_URING: 16,
  MEMFD: 32,
  DELETED: 64,
  INGRESS: 128,
  END: 256,
  FAILED: 512,
  WORKER: 1024,
  NAMESPACE: 2048,
  READ: 4096,
  TCP: 8192,
  EMPTIED: 16384,
  RESTARTED: 32768,
} as const

function decimal(view: DataView, at: number): string {
  const high = view.getUint32(at + 4, true)
  return high < 0x200000 ? String(high * 4_294_967_296 + view.getUint32(at, true)) : view.getBigUint64(at, true).toString()
}

export interface RawArgs {
  readonly offset: number
  readonly length: number
  readonly dataAt: number
}

/** Bytes of the fixed part of `struct record_args`. */
export const ARGS_BYTES = 40

export function readArgs(view: DataView, at: number): RawArgs {
  return {
    offset: view.getUint32(at + 32, true),
    length: view.getUint32(at + 36, true),
    dataAt: at + 40,
  }
}

export interface RawDns {
  readonly socket: string
  readonly localAt: number
  readonly remoteAt: number
  readonly localPort: number
  readonly remotePort: number
  readonly sequence: number
  readonly total: number
  readonly offset: number
  readonly length: number
  readonly dataAt: number
}

/** Bytes of the fixed part of `struct record_dns`. */
export const DNS_BYTES = 96

export function readDns(view: DataView, at: number): RawDns {
  return {
    socket: decimal(view, at + 32),
    localAt: at + 40,
    remoteAt: at + 56,
    localPort: view.getUint16(at + 72, true),
    remotePort: view.getUint16(at + 74, true),
    sequence: view.getUint32(at + 76, true),
    total: view.getUint32(at + 80, true),
    offset: view.getUint32(at + 84, true),
    length: view.getUint32(at + 88, true),
    dataAt: at + 96,
  }
}

export interface RawExec {
  readonly exeEnd: number
  readonly cwdEnd: number
  readonly filenameEnd: number
  readonly parent: number
  readonly uid: number
  readonly device: number
  readonly inode: string
  readonly size: number
  readonly argsBytes: number
  readonly environmentBytes: number
  readonly dataAt: number
}

/** Bytes of the fixed part of `struct record_exec`. */
export const EXEC_BYTES = 80

export function readExec(view: DataView, at: number): RawExec {
  return {
    exeEnd: view.getUint32(at + 32, true),
    cwdEnd: view.getUint32(at + 36, true),
    filenameEnd: view.getUint32(at + 40, true),
    parent: view.getUint32(at + 44, true),
    uid: view.getUint32(at + 48, true),
    device: view.getUint32(at + 52, true),
    inode: decimal(view, at + 56),
    size: view.getUint32(at + 64, true) + view.getUint32(at + 68, true) * 4_294_967_296,
    argsBytes: view.getUint32(at + 72, true),
    environmentBytes: view.getUint32(at + 76, true),
    dataAt: at + 80,
  }
}

export interface RawExit {
  readonly code: number
}

/** Bytes of the fixed part of `struct record_exit`. */
export const EXIT_BYTES = 40

export function readExit(view: DataView, at: number): RawExit {
  return {
    code: view.getUint32(at + 32, true),
  }
}

export interface RawFlow {
  readonly socket: string
  readonly localAt: number
  readonly remoteAt: number
  readonly localPort: number
  readonly remotePort: number
  readonly error: number
  readonly protocol: number
  readonly sent: number
  readonly received: number
  readonly packetsSent: number
  readonly packetsReceived: number
}

/** Bytes of the fixed part of `struct record_flow`. */
export const FLOW_BYTES = 104

export function readFlow(view: DataView, at: number): RawFlow {
  return {
    socket: decimal(view, at + 32),
    localAt: at + 40,
    remoteAt: at + 56,
    localPort: view.getUint16(at + 72, true),
    remotePort: view.getUint16(at + 74, true),
    error: view.getUint16(at + 76, true),
    protocol: view.getUint8(at + 78),
    sent: view.getUint32(at + 80, true) + view.getUint32(at + 84, true) * 4_294_967_296,
    received: view.getUint32(at + 88, true) + view.getUint32(at + 92, true) * 4_294_967_296,
    packetsSent: view.getUint32(at + 96, true),
    packetsReceived: view.getUint32(at + 100, true),
  }
}

export interface RawFork {
  readonly childTgid: number
  readonly childStep: number
  readonly childStart: number
}

/** Bytes of the fixed part of `struct record_fork`. */
export const FORK_BYTES = 48

export function readFork(view: DataView, at: number): RawFork {
  return {
    childTgid: view.getUint32(at + 32, true),
    childStep: view.getUint32(at + 36, true),
    childStart: view.getUint32(at + 40, true) + view.getUint32(at + 44, true) * 4_294_967_296,
  }
}

export interface RawHeader {
  readonly type: number
  readonly flags: number
  readonly step: number
  readonly time: number
  readonly tgid: number
  readonly tid: number
  readonly start: number
}

/** Bytes of the fixed part of `struct record_header`. */
export const HEADER_BYTES = 32

export function readHeader(view: DataView, at: number): RawHeader {
  return {
    type: view.getUint16(at + 0, true),
    flags: view.getUint16(at + 2, true),
    step: view.getUint32(at + 4, true),
    time: view.getUint32(at + 8, true) + view.getUint32(at + 12, true) * 4_294_967_296,
    tgid: view.getUint32(at + 16, true),
    tid: view.getUint32(at + 20, true),
    start: view.getUint32(at + 24, true) + view.getUint32(at + 28, true) * 4_294_967_296,
  }
}

export interface RawHello {
  readonly socket: string
  readonly localAt: number
  readonly remoteAt: number
  readonly localPort: number
  readonly remotePort: number
  readonly sequence: number
  readonly total: number
  readonly length: number
  readonly protocol: number
  readonly dataAt: number
}

/** Bytes of the fixed part of `struct record_hello`. */
export const HELLO_BYTES = 96

export function readHello(view: DataView, at: number): RawHello {
  return {
    socket: decimal(view, at + 32),
    localAt: at + 40,
    remoteAt: at + 56,
    localPort: view.getUint16(at + 72, true),
    remotePort: view.getUint16(at + 74, true),
    sequence: view.getUint32(at + 76, true),
    total: view.getUint32(at + 80, true),
    length: view.getUint32(at + 84, true),
    protocol: view.getUint8(at + 88),
    dataAt: at + 96,
  }
}

export interface RawHttp {
  readonly socket: string
  readonly localAt: number
  readonly remoteAt: number
  readonly localPort: number
  readonly remotePort: number
  readonly total: number
  readonly length: number
  readonly dataAt: number
}

/** Bytes of the fixed part of `struct record_http`. */
export const HTTP_BYTES = 88

export function readHttp(view: DataView, at: number): RawHttp {
  return {
    socket: decimal(view, at + 32),
    localAt: at + 40,
    remoteAt: at + 56,
    localPort: view.getUint16(at + 72, true),
    remotePort: view.getUint16(at + 74, true),
    total: view.getUint32(at + 76, true),
    length: view.getUint32(at + 80, true),
    dataAt: at + 88,
  }
}

export interface RawMemory {
  readonly number: number
  readonly target: number
  readonly request: number
  readonly result: number
  readonly repeats: number
}

/** Bytes of the fixed part of `struct record_memory`. */
export const MEMORY_BYTES = 64

export function readMemory(view: DataView, at: number): RawMemory {
  return {
    number: view.getUint32(at + 32, true),
    target: view.getUint32(at + 36, true),
    request: view.getUint32(at + 40, true) + view.getUint32(at + 44, true) * 4_294_967_296,
    result: view.getUint32(at + 48, true) + view.getInt32(at + 52, true) * 4_294_967_296,
    repeats: view.getUint32(at + 56, true),
  }
}

export interface RawOpen {
  readonly number: number
  readonly openFlags: number
  readonly device: number
  readonly family: number
  readonly inode: string
  readonly target: number
  readonly repeats: number
  readonly pathEnd: number
  readonly dataAt: number
}

/** Bytes of the fixed part of `struct record_open`. */
export const OPEN_BYTES = 72

export function readOpen(view: DataView, at: number): RawOpen {
  return {
    number: view.getUint32(at + 32, true),
    openFlags: view.getUint32(at + 36, true),
    device: view.getUint32(at + 40, true),
    family: view.getUint32(at + 44, true),
    inode: decimal(view, at + 48),
    target: view.getUint32(at + 56, true),
    repeats: view.getUint32(at + 60, true),
    pathEnd: view.getUint32(at + 64, true),
    dataAt: at + 72,
  }
}

export interface RawPath {
  readonly number: number
  readonly result: number
  readonly argument: number
  readonly firstBaseEnd: number
  readonly firstEnd: number
  readonly secondBaseEnd: number
  readonly secondEnd: number
  readonly dataAt: number
}

/** Bytes of the fixed part of `struct record_path`. */
export const PATH_BYTES = 64

export function readPath(view: DataView, at: number): RawPath {
  return {
    number: view.getUint32(at + 32, true),
    result: view.getInt32(at + 36, true),
    argument: view.getUint32(at + 40, true) + view.getUint32(at + 44, true) * 4_294_967_296,
    firstBaseEnd: view.getUint32(at + 48, true),
    firstEnd: view.getUint32(at + 52, true),
    secondBaseEnd: view.getUint32(at + 56, true),
    secondEnd: view.getUint32(at + 60, true),
    dataAt: at + 64,
  }
}

export interface RawPlain {
  readonly connection: string
  readonly length: number
  readonly total: number
  readonly dataAt: number
}

/** Bytes of the fixed part of `struct record_plain`. */
export const PLAIN_BYTES = 48

export function readPlain(view: DataView, at: number): RawPlain {
  return {
    connection: decimal(view, at + 32),
    length: view.getUint32(at + 40, true),
    total: view.getUint32(at + 44, true),
    dataAt: at + 48,
  }
}

export interface RawSystem {
  readonly number: number
  readonly repeats: number
  readonly result: number
  readonly args: readonly [number, number, number, number]
  readonly textAt: number
}

/** Bytes of the fixed part of `struct record_system`. */
export const SYSTEM_BYTES = 272

export function readSystem(view: DataView, at: number): RawSystem {
  return {
    number: view.getUint32(at + 32, true),
    repeats: view.getUint32(at + 36, true),
    result: view.getUint32(at + 40, true) + view.getInt32(at + 44, true) * 4_294_967_296,
    args: [view.getUint32(at + 48, true) + view.getUint32(at + 52, true) * 4_294_967_296, view.getUint32(at + 56, true) + view.getUint32(at + 60, true) * 4_294_967_296, view.getUint32(at + 64, true) + view.getUint32(at + 68, true) * 4_294_967_296, view.getUint32(at + 72, true) + view.getUint32(at + 76, true) * 4_294_967_296],
    textAt: at + 80,
  }
}

export interface RawTask {
  readonly start: number
  readonly tgid: number
  readonly parent: number
}

/** Bytes of the fixed part of `struct record_task`. */
export const TASK_BYTES = 16

export function readTask(view: DataView, at: number): RawTask {
  return {
    start: view.getUint32(at + 0, true) + view.getUint32(at + 4, true) * 4_294_967_296,
    tgid: view.getUint32(at + 8, true),
    parent: view.getUint32(at + 12, true),
  }
}

export interface RawTcp {
  readonly socket: string
  readonly localAt: number
  readonly remoteAt: number
  readonly localPort: number
  readonly remotePort: number
  readonly oldState: number
  readonly newState: number
  readonly error: number
  readonly sent: number
  readonly received: number
}

/** Bytes of the fixed part of `struct record_tcp`. */
export const TCP_BYTES = 96

export function readTcp(view: DataView, at: number): RawTcp {
  return {
    socket: decimal(view, at + 32),
    localAt: at + 40,
    remoteAt: at + 56,
    localPort: view.getUint16(at + 72, true),
    remotePort: view.getUint16(at + 74, true),
    oldState: view.getUint8(at + 76),
    newState: view.getUint8(at + 77),
    error: view.getUint16(at + 78, true),
    sent: view.getUint32(at + 80, true) + view.getUint32(at + 84, true) * 4_294_967_296,
    received: view.getUint32(at + 88, true) + view.getUint32(at + 92, true) * 4_294_967_296,
  }
}
