/*
 * What the kernel side tells, one object per thing seen. Still close to the kernel: processes are (pid, start), sockets are opaque
 * ids, bytes are bytes. The attribution layer turns these into schema events.
 */

/** Families of secret files, as `FileEvent.family` of the schema names them. */
export type SecretFamily =
  | 'ssh'
  | 'cloud'
  | 'git'
  | 'package-registry'
  | 'container'
  | 'shadow'
  | 'runner'
  | 'process-memory'
  | 'process-environment'
  | 'other'

/** Fields of every record. `(pid, start)` is the identity of the acting process and is never reused within a boot. */
export interface RecordBase {
  /** Nanoseconds since boot, suspended time included (CLOCK_BOOTTIME). */
  readonly time: number
  /** Causal step tag: 0 outside any step, else from 1 in the order of the steps' first fork. */
  readonly step: number
  /** Thread group id in the host namespace; 0 when the owner of a socket is not known. */
  readonly pid: number
  readonly tid: number
  /** Start of the thread group leader, nanoseconds since boot; 0 when not known. */
  readonly start: number
  /** Made through the 32-bit system call gate. */
  readonly compat: boolean
}

export interface Address {
  /** Canonical text; IPv4-mapped IPv6 as IPv4. */
  readonly ip: string
  readonly port: number
}

/** A new process. `pid` and `start` are the parent's. */
export interface ForkRecord extends RecordBase {
  readonly type: 'fork'
  readonly child: { readonly pid: number; readonly start: number; readonly step: number }
  /** The child was made into namespaces of its own (clone with CLONE_NEW…). */
  readonly newNamespace: boolean
}

/** A process that was there before the sensor and is tracked from now on. Made in user space from /proc, so all but the identity is a claim. */
export interface AdoptedRecord extends RecordBase {
  readonly type: 'adopted'
  readonly parent: number
  readonly exe: string
  readonly cwd: string
  readonly argv: readonly string[]
  readonly uid: number
  readonly worker: boolean
}

export interface ExecRecord extends RecordBase {
  readonly type: 'exec'
  /** Absolute path of the file that runs (for a script: of its interpreter). */
  readonly exe: string
  readonly cwd: string
  /** The path as it was passed to execve (for a script: of the script). */
  readonly filename: string
  readonly pathCut: boolean
  /** Pid of the parent at the time it was first tracked; 0 unknown. */
  readonly parent: number
  readonly uid: number
  /** As stat(2) gives it. */
  readonly device: number
  /** Decimal, because inode numbers exceed 2^53 on some file systems. */
  readonly inode: string
  readonly size: number
  readonly argv: readonly string[]
  /** Length of all arguments, NULs included, before any cut. */
  readonly argvBytes: number
  readonly argvCut: boolean
  /**
   * The raw environment block (NUL-separated `NAME=value`). It holds secrets: take the allow-listed names out of it inside the batch
   * callback; the memory is zeroed when that returns.
   */
  readonly environment: Uint8Array
  readonly environmentCut: boolean
  readonly memfd: boolean
  readonly deleted: boolean
  /** This program is a runner worker: its direct children are steps. */
  readonly worker: boolean
}

export interface ExitRecord extends RecordBase {
  readonly type: 'exit'
  readonly code: number
  /** Signal that ended it, or 0. */
  readonly signal: number
}

/** A file opened for writing, or a secret one for reading. The path is what the descriptor points to after the call. */
export interface OpenRecord extends RecordBase {
  readonly type: 'open'
  readonly path: string
  readonly pathCut: boolean
  readonly read: boolean
  readonly write: boolean
  readonly created: boolean
  /** Opened with O_TRUNC, by the caller's word. */
  readonly truncated: boolean
  readonly device: number
  readonly inode: string
  readonly secret: SecretFamily | undefined
  /** For /proc/PID/{mem,environ,maps}: that PID in the host namespace; else 0. */
  readonly target: number
  /** Opens of the same file by the same process since its previous record that were counted instead of reported. */
  readonly repeats: number
}

/** Names changed, or an access that was denied (op `open`). Paths are the caller's words made absolute, not resolved through links. */
export interface PathRecord extends RecordBase {
  readonly type: 'path'
  readonly op: 'rename' | 'link' | 'symlink' | 'unlink' | 'truncate' | 'chmod' | 'open'
  readonly path: string
  /** The new name of rename and link, the place of a symlink (whose `path` is its target). */
  readonly to: string | undefined
  readonly pathCut: boolean
  /** 0 or the negative errno (only permission errors are reported). */
  readonly result: number
  /** Mode of chmod, flags of open, length of truncate, flags of unlinkat. */
  readonly argument: number
}

export interface TcpRecord extends RecordBase {
  readonly type: 'tcp'
  /** `connect`: SYN is being sent; then `established`, or `failed` with `error`; `close` has the totals. */
  readonly op: 'connect' | 'established' | 'failed' | 'close' | 'listen'
  /** Opaque id, unique while the socket lives. */
  readonly socket: string
  readonly local: Address
  readonly remote: Address
  /** Positive errno of a failure, else 0. */
  readonly error: number
  readonly sent: number
  readonly received: number
}

/** A flow without connection: UDP, ICMP or other. One `first` per socket and peer, one `end` with totals when the socket closes. */
export interface FlowRecord extends RecordBase {
  readonly type: 'flow'
  readonly op: 'first' | 'end' | 'failed'
  readonly protocol: 'udp' | 'icmp' | 'other'
  readonly protocolNumber: number
  readonly ingress: boolean
  readonly socket: string
  readonly local: Address
  /** ip is `::` and port 0 in the `end` that sums up the peers beyond those a socket's table holds. */
  readonly remote: Address
  readonly error: number
  readonly sent: number
  readonly received: number
  readonly packetsSent: number
  readonly packetsReceived: number
}

/** Bytes to or from port 53. UDP: one message from offset 0; TCP: a piece of the stream at `sequence + offset`. */
export interface DnsRecord extends RecordBase {
  readonly type: 'dns'
  readonly transport: 'udp' | 'tcp'
  readonly ingress: boolean
  readonly socket: string
  readonly local: Address
  readonly remote: Address
  /** TCP sequence number of the segment's first byte. */
  readonly sequence: number
  readonly offset: number
  /** Length of the whole datagram or segment. */
  readonly total: number
  /** A view, valid inside the batch callback. */
  readonly data: Uint8Array
}

/** The start of a cleartext HTTP/1 request. Holds credentials: reduce it inside the batch callback. */
export interface HttpRecord extends RecordBase {
  readonly type: 'http'
  readonly socket: string
  readonly local: Address
  readonly remote: Address
  readonly total: number
  /** A view of at most 2 KB, valid inside the batch callback. */
  readonly head: Uint8Array
}

/** The first bytes a TLS client sent, or a datagram that may hold a QUIC Initial. A stream may come in several records, in order. */
export interface HelloRecord extends RecordBase {
  readonly type: 'hello'
  readonly transport: 'tcp' | 'udp'
  readonly socket: string
  readonly local: Address
  readonly remote: Address
  /** Datagram: where in it `data` is. TCP: sequence number of the first byte. */
  readonly offset: number
  /** Length of the whole segment or datagram. */
  readonly total: number
  /** A view, valid inside the batch callback. */
  readonly data: Uint8Array
}

/** What a program handed to its TLS library: a head of HTTP/1, the preface or header frames of HTTP/2. Holds credentials. */
export interface PlainRecord extends RecordBase {
  readonly type: 'plain'
  /** Opaque id of the library's connection object, unique within the process while it lives. */
  readonly connection: string
  /** The id had another connection before. */
  readonly restarted: boolean
  /** Bytes of the write; more than `data` holds when the rest is left out. */
  readonly total: number
  /** A view, valid inside the batch callback; empty when bytes of the connection are missing from here on. */
  readonly data: Uint8Array
}

/** A TLS library was opened, which is how one comes to be mapped. */
export interface LibraryRecord extends RecordBase {
  readonly type: 'library'
  readonly path: string
  readonly device: number
  readonly inode: string
}

export interface MemoryRecord extends RecordBase {
  readonly type: 'memory'
  readonly op: 'read' | 'write' | 'ptrace' | 'take-fd'
  /** Pid as the caller named it; for take-fd in the host namespace. */
  readonly target: number
  /** ptrace request number; descriptor number of take-fd. */
  readonly request: number
  readonly result: number
  readonly repeats: number
}

export interface SystemRecord extends RecordBase {
  readonly type: 'system'
  readonly op: 'memfd' | 'io-uring' | 'bpf' | 'module' | 'userfaultfd' | 'unshare' | 'setns' | 'mount' | 'chroot' | 'kexec' | 'other'
  /** Name of the call, such as `mount`, or `io_uring:OPENAT`. */
  readonly call: string
  readonly args: readonly [number, number, number, number]
  /** Strings that were passed: the name of a memfd; source, target and type of a mount. */
  readonly text: readonly string[]
  readonly result: number
  readonly repeats: number
}

export type KernelRecord =
  | ForkRecord
  | AdoptedRecord
  | ExecRecord
  | ExitRecord
  | OpenRecord
  | PathRecord
  | TcpRecord
  | FlowRecord
  | DnsRecord
  | HttpRecord
  | HelloRecord
  | PlainRecord
  | LibraryRecord
  | MemoryRecord
  | SystemRecord
