/*
 * Ring bytes to records. Every length is checked against what is there: the records hold what a hostile process passed to the
 * kernel, and a damaged buffer must cost its own records only.
 */
import { addressText } from './address.ts'
import { IO_URING_OPCODES, MEMORY_CALLS, PATH_CALLS, SYSTEM_CALLS } from './calls.ts'
import type {
  Address,
  DnsRecord,
  ExecRecord,
  FlowRecord,
  HelloRecord,
  HttpRecord,
  KernelRecord,
  LibraryRecord,
  OpenRecord,
  PathRecord,
  PlainRecord,
  RecordBase,
  SystemRecord,
  TcpRecord,
} from './record.ts'
import * as raw from './records.generated.ts'
import { FAMILIES, LIBRARY } from './secrets.ts'

/** Of the kernel's own record header: length with two flag bits, then an offset we do not need. */
const RING_HEADER_BYTES = 8
const DISCARDED = 0x40000000
const LENGTH = 0x3fffffff
/** The kernel side sends eight chunks of 16 KB. */
const ARGS_BYTES_MAX = 131_072
/** An exec whose arguments were lost waits this many calls of `decode` for them, then is told without. */
const PATIENCE = 2
const TEXT_BYTES = 64

export interface Decoder {
  /**
   * The records of one drained buffer, in the order of the ring. Byte arrays in them are views of `bytes` or of the decoder's own
   * memory: valid until `wipe`.
   */
  decode(bytes: Uint8Array): KernelRecord[]
  /** Execs that still wait for arguments, at the very end. */
  flush(): KernelRecord[]
  /** Zeroes the environments of the execs told so far. Zeroing `bytes` is up to its owner. */
  wipe(): void
  /** Records (or pieces of a buffer) that made no sense, since the start. */
  readonly undecodable: number
}

interface PendingExec {
  readonly record: Omit<ExecRecord, 'argv' | 'argvCut' | 'environment' | 'environmentCut'>
  readonly time: number
  readonly environmentBytes: number
  readonly block: Uint8Array
  filled: number
  age: number
}

export function createDecoder(): Decoder {
  const pending = new Map<number, PendingExec>()
  let told: Uint8Array[] = []
  let undecodable = 0

  const tell = (exec: PendingExec): ExecRecord => {
    told.push(exec.block)
    return execRecord(exec)
  }

  return {
    get undecodable() {
      return undecodable
    },
    wipe() {
      for (const block of told) block.fill(0)
      told = []
    },
    flush() {
      const records = [...pending.values()].map(tell)
      pending.clear()
      return records
    },
    decode(bytes) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const records: KernelRecord[] = []

      for (let at = 0; at < buffer.length;) {
        if (at + RING_HEADER_BYTES > buffer.length) {
          undecodable++
          break
        }
        const header = view.getUint32(at, true)
        const from = at + RING_HEADER_BYTES
        const end = from + (header & LENGTH)
        if (end > buffer.length) {
          undecodable++
          break
        }
        // Records start at multiples of 8.
        at = (end + 7) & ~7
        if ((header & DISCARDED) !== 0) continue
        if (end - from < raw.HEADER_BYTES) {
          undecodable++
          continue
        }
        const base = recordBase(view, from)
        const type = view.getUint16(from, true)

        if (type === raw.RECORD.ARGS) {
          const exec = pending.get(base.pid)
          if (exec === undefined || exec.time !== base.time || !addArgs(exec, buffer, view, from, end)) {
            undecodable++
          } else if (exec.filled >= exec.block.length) {
            pending.delete(base.pid)
            records.push(tell(exec))
          }
          continue
        }
        // Whatever the same process does next proves that no more arguments come.
        const waiting = pending.get(base.pid)
        if (waiting !== undefined) {
          pending.delete(base.pid)
          records.push(tell(waiting))
        }
        if (type === raw.RECORD.EXEC) {
          const exec = pendingExec(base, buffer, view, from, end)
          if (exec === undefined) undecodable++
          else if (exec.block.length === 0) records.push(tell(exec))
          else pending.set(base.pid, exec)
          continue
        }
        const record = decodeRecord(type, base, buffer, view, from, end)
        if (record === undefined) undecodable++
        else records.push(record)
      }
      for (const [pid, exec] of pending) {
        if (++exec.age <= PATIENCE) continue
        pending.delete(pid)
        records.push(tell(exec))
      }
      return records
    },
  }
}

function recordBase(view: DataView, at: number): RecordBase {
  const header = raw.readHeader(view, at)
  return {
    time: header.time,
    step: header.step,
    pid: header.tgid,
    tid: header.tid,
    start: header.start,
    compat: (header.flags & raw.FLAG.COMPAT) !== 0,
  }
}

type Reader = (base: RecordBase, flags: number, buffer: Buffer, view: DataView, from: number, end: number) => KernelRecord | undefined

/** By record type: bytes that must be there, and what to make of them. */
const READERS: ReadonlyMap<number, readonly [bytes: number, read: Reader]> = new Map<number, readonly [number, Reader]>([
  [raw.RECORD.FORK, [raw.FORK_BYTES, forkRecord]],
  [raw.RECORD.EXIT, [raw.EXIT_BYTES, exitRecord]],
  [raw.RECORD.OPEN_READ, [raw.OPEN_BYTES, openRecord]],
  [raw.RECORD.OPEN_WRITE, [raw.OPEN_BYTES, openRecord]],
  [raw.RECORD.PATH, [raw.PATH_BYTES, pathRecord]],
  [raw.RECORD.TCP, [raw.TCP_BYTES, tcpRecord]],
  [raw.RECORD.FLOW, [raw.FLOW_BYTES, flowRecord]],
  [raw.RECORD.DNS, [raw.DNS_BYTES, dnsRecord]],
  [raw.RECORD.HTTP, [raw.HTTP_BYTES, httpRecord]],
  [raw.RECORD.HELLO, [raw.HELLO_BYTES, helloRecord]],
  [raw.RECORD.PLAIN, [raw.PLAIN_BYTES, plainRecord]],
  [raw.RECORD.MEMORY, [raw.MEMORY_BYTES, memoryRecord]],
  [raw.RECORD.SYSTEM, [raw.SYSTEM_BYTES, systemRecord]],
])

function decodeRecord(type: number, base: RecordBase, buffer: Buffer, view: DataView, from: number, end: number): KernelRecord | undefined {
  const reader = READERS.get(type)
  if (reader === undefined || end - from < reader[0]) return undefined
  return reader[1](base, view.getUint16(from + 2, true), buffer, view, from, end)
}

function forkRecord(base: RecordBase, flags: number, _buffer: Buffer, view: DataView, from: number): KernelRecord {
  const { childTgid, childStep, childStart } = raw.readFork(view, from)
  const child = { pid: childTgid, start: childStart, step: childStep }
  return { ...base, type: 'fork', child, newNamespace: (flags & raw.FLAG.NAMESPACE) !== 0 }
}

/** The kernel's code is what wait(2) gives: the exit status in the second byte, the signal in the lower seven bits. */
function exitRecord(base: RecordBase, _flags: number, _buffer: Buffer, view: DataView, from: number): KernelRecord {
  const { code } = raw.readExit(view, from)
  return { ...base, type: 'exit', code: (code >>> 8) & 0xff, signal: code & 0x7f }
}

function pendingExec(base: RecordBase, buffer: Buffer, view: DataView, from: number, end: number): PendingExec | undefined {
  if (end - from < raw.EXEC_BYTES) return undefined
  const exec = raw.readExec(view, from)
  const [exeEnd, cwdEnd, filenameEnd] = [from + exec.exeEnd, from + exec.cwdEnd, from + exec.filenameEnd]
  if (!ordered(exec.dataAt, exeEnd, cwdEnd, filenameEnd, end)) return undefined
  const flags = view.getUint16(from + 2, true)
  return {
    time: base.time,
    environmentBytes: exec.environmentBytes,
    block: Buffer.alloc(Math.min(exec.argsBytes + exec.environmentBytes, ARGS_BYTES_MAX)),
    filled: 0,
    age: 0,
    record: {
      ...base,
      type: 'exec',
      exe: joinComponents(buffer, exec.dataAt, exeEnd),
      cwd: joinComponents(buffer, exeEnd, cwdEnd),
      filename: stringAt(buffer, cwdEnd, filenameEnd),
      pathCut: (flags & raw.FLAG.PATH_CUT) !== 0,
      parent: exec.parent,
      uid: exec.uid,
      device: statDevice(exec.device),
      inode: exec.inode,
      size: exec.size,
      argvBytes: exec.argsBytes,
      memfd: (flags & raw.FLAG.MEMFD) !== 0,
      deleted: (flags & raw.FLAG.DELETED) !== 0,
      worker: (flags & raw.FLAG.WORKER) !== 0,
    },
  }
}

/** Chunks come in order; one that does not continue where the last ended is not of this exec. */
function addArgs(exec: PendingExec, buffer: Buffer, view: DataView, from: number, end: number): boolean {
  if (end - from < raw.ARGS_BYTES) return false
  const { offset, length, dataAt } = raw.readArgs(view, from)
  if (dataAt + length > end || offset !== exec.filled || offset + length > exec.block.length) return false
  exec.block.set(buffer.subarray(dataAt, dataAt + length), offset)
  exec.filled += length
  return true
}

function execRecord({ record, block, filled, environmentBytes }: PendingExec): ExecRecord {
  const argsEnd = Math.min(record.argvBytes, filled)
  const args = Buffer.from(block.buffer, block.byteOffset, argsEnd)
  const argvCut = argsEnd < record.argvBytes
  return {
    ...record,
    argv: splitArgs(args),
    argvCut,
    environment: block.subarray(argsEnd, filled),
    environmentCut: filled - argsEnd < environmentBytes,
  }
}

/** Every argument ends with a NUL; what follows the last one is an argument that was cut. */
function splitArgs(args: Buffer): string[] {
  if (args.length === 0) return []
  const text = args.toString('utf8')
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0')
}

function openRecord(
  base: RecordBase,
  flags: number,
  buffer: Buffer,
  view: DataView,
  from: number,
  end: number,
): OpenRecord | LibraryRecord | undefined {
  const open = raw.readOpen(view, from)
  const pathEnd = from + open.pathEnd
  if (!ordered(open.dataAt, pathEnd, end)) return undefined
  if (open.family === LIBRARY && (flags & raw.FLAG.WRITE) === 0) {
    const path = joinComponents(buffer, open.dataAt, pathEnd)
    return { ...base, type: 'library', path, device: statDevice(open.device), inode: open.inode }
  }
  return {
    ...base,
    type: 'open',
    path: joinComponents(buffer, open.dataAt, pathEnd),
    pathCut: (flags & raw.FLAG.PATH_CUT) !== 0,
    read: (flags & raw.FLAG.READ) !== 0,
    write: (flags & raw.FLAG.WRITE) !== 0,
    created: (flags & raw.FLAG.CREATED) !== 0,
    truncated: (flags & raw.FLAG.EMPTIED) !== 0,
    device: statDevice(open.device),
    inode: open.inode,
    secret: FAMILIES[open.family - 1],
    target: open.target,
    repeats: open.repeats,
  }
}

function pathRecord(base: RecordBase, flags: number, buffer: Buffer, view: DataView, from: number, end: number): PathRecord | undefined {
  const change = raw.readPath(view, from)
  const op = PATH_CALLS.get(change.number)
  const [firstBase, first] = [from + change.firstBaseEnd, from + change.firstEnd]
  const [secondBase, second] = [from + change.secondBaseEnd, from + change.secondEnd]
  if (op === undefined || !ordered(change.dataAt, firstBase, first, secondBase, second, end)) return undefined
  const hasSecond = op === 'rename' || op === 'link' || op === 'symlink'
  return {
    ...base,
    type: 'path',
    op,
    // What a symlink points to is words; nothing is relative to the caller.
    path: op === 'symlink' ? stringAt(buffer, firstBase, first) : joinOperand(buffer, change.dataAt, firstBase, first),
    to: hasSecond ? joinOperand(buffer, first, secondBase, second) : undefined,
    pathCut: (flags & raw.FLAG.PATH_CUT) !== 0,
    result: change.result,
    argument: change.argument,
  }
}

const TCP_ESTABLISHED = 1
const TCP_SYN_SENT = 2
const TCP_CLOSE = 7
const TCP_LISTEN = 10

function tcpRecord(base: RecordBase, flags: number, buffer: Buffer, view: DataView, from: number): TcpRecord | undefined {
  const tcp = raw.readTcp(view, from)
  const op = tcpOp(tcp.oldState, tcp.newState, (flags & raw.FLAG.FAILED) !== 0)
  if (op === undefined) return undefined
  const { error, sent, received } = tcp
  return { ...base, type: 'tcp', op, ...ends(buffer, tcp), error, sent, received }
}

function tcpOp(oldState: number, newState: number, failed: boolean): TcpRecord['op'] | undefined {
  if (failed) return 'failed'
  switch (newState) {
    case TCP_SYN_SENT:
      return 'connect'
    case TCP_ESTABLISHED:
      return 'established'
    case TCP_LISTEN:
      return 'listen'
    case TCP_CLOSE:
      return oldState === TCP_SYN_SENT ? 'failed' : 'close'
    default:
      return undefined
  }
}

/** ICMP and ICMPv6. */
const ICMP: ReadonlySet<number> = new Set([1, 58])
const UDP = 17

function flowRecord(base: RecordBase, flags: number, buffer: Buffer, view: DataView, from: number): FlowRecord {
  const flow = raw.readFlow(view, from)
  return {
    ...base,
    type: 'flow',
    op: flags & raw.FLAG.END ? 'end' : flags & raw.FLAG.FAILED ? 'failed' : 'first',
    protocol: flow.protocol === UDP ? 'udp' : ICMP.has(flow.protocol) ? 'icmp' : 'other',
    protocolNumber: flow.protocol,
    ingress: (flags & raw.FLAG.INGRESS) !== 0,
    ...ends(buffer, flow),
    error: flow.error,
    sent: flow.sent,
    received: flow.received,
    packetsSent: flow.packetsSent,
    packetsReceived: flow.packetsReceived,
  }
}

function dnsRecord(base: RecordBase, flags: number, buffer: Buffer, view: DataView, from: number, end: number): DnsRecord | undefined {
  const dns = raw.readDns(view, from)
  if (dns.dataAt + dns.length > end) return undefined
  return {
    ...base,
    type: 'dns',
    transport: flags & raw.FLAG.TCP ? 'tcp' : 'udp',
    ingress: (flags & raw.FLAG.INGRESS) !== 0,
    ...ends(buffer, dns),
    sequence: dns.sequence,
    offset: dns.offset,
    total: dns.total,
    data: buffer.subarray(dns.dataAt, dns.dataAt + dns.length),
  }
}

function httpRecord(base: RecordBase, _flags: number, buffer: Buffer, view: DataView, from: number, end: number): HttpRecord | undefined {
  const http = raw.readHttp(view, from)
  if (http.dataAt + http.length > end) return undefined
  return { ...base, type: 'http', ...ends(buffer, http), total: http.total, head: buffer.subarray(http.dataAt, http.dataAt + http.length) }
}

function helloRecord(base: RecordBase, _flags: number, buffer: Buffer, view: DataView, from: number, end: number): HelloRecord | undefined {
  const hello = raw.readHello(view, from)
  if (hello.dataAt + hello.length > end) return undefined
  const data = buffer.subarray(hello.dataAt, hello.dataAt + hello.length)
  return {
    ...base,
    type: 'hello',
    transport: hello.protocol === UDP ? 'udp' : 'tcp',
    ...ends(buffer, hello),
    offset: hello.sequence,
    total: hello.total,
    data,
  }
}

function plainRecord(base: RecordBase, flags: number, buffer: Buffer, view: DataView, from: number, end: number): PlainRecord | undefined {
  const { connection, length, total, dataAt } = raw.readPlain(view, from)
  if (dataAt + length > end) return undefined
  const data = buffer.subarray(dataAt, dataAt + length)
  return { ...base, type: 'plain', connection, restarted: (flags & raw.FLAG.RESTARTED) !== 0, total, data }
}

function memoryRecord(base: RecordBase, _flags: number, _buffer: Buffer, view: DataView, from: number): KernelRecord | undefined {
  const { number, target, request, result, repeats } = raw.readMemory(view, from)
  const op = MEMORY_CALLS.get(number)
  return op === undefined ? undefined : { ...base, type: 'memory', op, target, request, result, repeats }
}

function systemRecord(base: RecordBase, flags: number, buffer: Buffer, view: DataView, from: number): SystemRecord | undefined {
  const { number, args, textAt, result, repeats } = raw.readSystem(view, from)
  if (flags & raw.FLAG.IO_URING) {
    const call = `io_uring:${IO_URING_OPCODES.get(number) ?? number}`
    return { ...base, type: 'system', op: 'io-uring', call, args, text: [], result, repeats }
  }
  const call = SYSTEM_CALLS.get(number)
  if (call === undefined) return undefined
  const text = Array.from({ length: call.texts }, (_, index) =>
    stringAt(buffer, textAt + index * TEXT_BYTES, textAt + (index + 1) * TEXT_BYTES),
  )
  return { ...base, type: 'system', op: call.op, call: call.name, args, text, result, repeats }
}

interface RawEnds {
  readonly socket: string
  readonly localAt: number
  readonly remoteAt: number
  readonly localPort: number
  readonly remotePort: number
}

function ends(
  buffer: Buffer,
  { socket, localAt, remoteAt, localPort, remotePort }: RawEnds,
): { socket: string; local: Address; remote: Address } {
  return {
    socket,
    local: { ip: addressText(buffer, localAt), port: localPort },
    remote: { ip: addressText(buffer, remoteAt), port: remotePort },
  }
}

/** The kernel's own packing of a device number (12 bits major, 20 minor) into that of stat(2), so that the two can be compared. */
function statDevice(device: number): number {
  const [major, minor] = [device >>> 20, device & 0xfffff]
  return ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0
}

function ordered(...positions: readonly number[]): boolean {
  return positions.every((position, index) => index === 0 || position >= (positions[index - 1] ?? 0))
}

/** A C string within [from, end); without a NUL it fills the range. */
function stringAt(buffer: Buffer, from: number, end: number): string {
  const nul = buffer.indexOf(0, from)
  return buffer.toString('utf8', from, nul < 0 || nul > end ? end : nul)
}

/** Directories seen lately, by their components as they lie in the ring: most files have a neighbour. Emptied when full. */
const directories = new Map<string, string>()
const DIRECTORIES_MAX = 512

/** Components from leaf to root, each with its NUL: `c\0b\0a\0` is /a/b/c, nothing at all is the root. */
function joinComponents(buffer: Buffer, from: number, end: number): string {
  if (end <= from) return '/'
  const nul = buffer.indexOf(0, from)
  if (nul < 0 || nul >= end) return `/${buffer.toString('utf8', from, end)}`
  const rest = buffer.toString('latin1', nul + 1, end)
  let directory = directories.get(rest)
  if (directory === undefined) {
    directory = joinReversed(buffer.toString('utf8', nul + 1, end))
    if (directories.size >= DIRECTORIES_MAX) directories.clear()
    directories.set(rest, directory)
  }
  return `${directory}/${buffer.toString('utf8', from, nul)}`
}

/** `b\0a\0` is /a/b, nothing is nothing. */
function joinReversed(text: string): string {
  const parts = text.split('\0')
  if (parts.at(-1) === '') parts.pop()
  return parts.reduceRight((path, part) => `${path}/${part}`, '')
}

/** A base directory as components in [from, base) and the caller's words in [base, end), made one absolute path. */
function joinOperand(buffer: Buffer, from: number, base: number, end: number): string {
  const words = stringAt(buffer, base, end)
  return normalised(words.startsWith('/') ? words : `${joinComponents(buffer, from, base)}/${words}`)
}

/** Without `.`, `..` and empty components, by the letters alone. */
function normalised(path: string): string {
  if (!/\/(?:\.{0,2}(?:\/|$))/.test(path)) return path
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
