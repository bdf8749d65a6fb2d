/*
 * Events: what the kernel saw, normalised. One shape per kind; `kind` and `op` together say what happened.
 * They are written for a reader: every event names its step and process, so none needs another to be understood.
 * OCSF, OpenTelemetry and the like are exports of these.
 */
import Type, { type Static } from 'typebox'
import { Count, List, OneOf, Optional, Path, Share, Text, Time } from './fields.ts'

/** Fields of every event. */
const common = {
  seq: Count('Number of the event within the job, from 1, without gaps.'),
  time: Time('When it happened.'),
  step: Count('Number of the step it belongs to; 0 outside any step.', 65_535),
  process: Count('Number of the acting process within the job; 0 unknown. Never reused, unlike a pid.'),
  exe: Path('Executable of the acting process at that moment.'),
  confidence: Optional(Share('How sure the attribution is; left out when 1.')),
  flags: Optional(
    List(
      OneOf(
        [
          'after-call', // what was read after the system call, so another thread may have changed it
          'path-cut',
          'argv-cut',
          'compat', // 32-bit system call
          'io-uring',
          'memfd',
          'deleted',
          'outlived-step',
          'no-dns', // connection without an answer that named the address
          'existed', // was there before the sensor
          'redacted',
          'partial', // bytes of it were not seen
          'sni-mismatch', // TLS asked for a name that no answer gave for this address
          'tls-unread', // what goes through this TLS connection cannot be read
          'tls-odd', // a ClientHello as no ordinary client sends it
          'inferred', // joined by us, not stated by one record
        ],
        'A circumstance.',
      ),
      16,
      'Circumstances worth knowing.',
    ),
  ),
}

const Result = Type.Integer({ minimum: -4_095, maximum: 0, description: '0, or the negative errno.' })
const Port = (description: string) => Count(description, 65_535)
const Ip = (description: string) => Text(45, `${description} Canonical text; IPv4-mapped IPv6 as IPv4.`)
const Domain = (description: string) => Text(255, `${description} Lower case, without the last dot.`)

/** Environment names that may leave the decoder, with their values (contracts: Secrets). */
const Environment = Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$' }), Type.String({ maxLength: 1_024 }), {
  additionalProperties: false,
  maxProperties: 64,
  description: 'Allow-listed environment entries: the identity of the job and step, nothing else.',
})

export type ProcessEvent = Static<typeof ProcessEvent>
export const ProcessEvent = Type.Object(
  {
    ...common,
    kind: Type.Literal('process', { description: 'Life of a process.' }),
    op: OneOf(['start', 'exec', 'exit'], 'Forked (or already there), executed a program, or ended.'),
    pid: Count('Process id in the host namespace.', 4_294_967_295),
    startNs: Count('Kernel start time, nanoseconds since boot: with the pid, the identity of the process.'),
    parent: Optional(Count('Number of the parent process; 0 outside the job.')),
    uid: Optional(Count('User id.', 4_294_967_295)),
    argv: Optional(List(Text(8_192, 'One argument, redacted.'), 1_024, 'Arguments, from the kernel, in full where it fits.')),
    argvBytes: Optional(Count('Length of all arguments before cutting.')),
    cwd: Optional(Path('Working directory.')),
    filename: Optional(Path('The path that was asked to be executed.')),
    device: Optional(Count('Device of the executable.', 4_294_967_295)),
    inode: Optional(Text(20, 'Inode of the executable, decimal.')),
    sha256: Optional(Text(64, 'SHA-256 of the executable, hex.')),
    hash: Optional(OneOf(['exact', 'raced', 'missing'], 'Whether the hash is of the very file that ran.')),
    environment: Optional(Environment),
    injection: Optional(List(Text(64, 'A name.'), 16, 'Environment names that inject code (values are never taken).')),
    exitCode: Optional(Type.Integer({ minimum: 0, maximum: 255, description: 'Exit status.' })),
    signal: Optional(Count('Signal that ended it.', 128)),
    stdio: Optional(
      List(
        OneOf(['file', 'pipe', 'socket', 'internet-socket', 'terminal', 'null', 'other'], 'What one of them is.'),
        3,
        'What standard input, output and error are when a program starts.',
      ),
    ),
    stdinFrom: Optional(Count('Number of the process that writes the pipe at standard input.')),
  },
  { additionalProperties: false, description: 'A process started, executed a program, or ended.' },
)

export type FileEvent = Static<typeof FileEvent>
export const FileEvent = Type.Object(
  {
    ...common,
    kind: Type.Literal('file', { description: 'Something done to a file.' }),
    op: OneOf(
      ['read', 'write', 'create', 'rename', 'link', 'symlink', 'unlink', 'truncate', 'chmod'],
      'What was done. `read` is recorded for sensitive files only; `write` means opened for writing.',
    ),
    path: Path('The file.'),
    to: Optional(Path('The other name of a rename, link or symlink: the new one.')),
    device: Optional(Count('Device number.', 4_294_967_295)),
    inode: Optional(Text(20, 'Inode, decimal.')),
    result: Optional(Result),
    family: Optional(
      OneOf(
        ['ssh', 'cloud', 'git', 'package-registry', 'container', 'shadow', 'runner', 'process-memory', 'process-environment', 'other'],
        'What kind of secret the file holds.',
      ),
    ),
    count: Optional(Count('How many times within the aggregation window; left out when 1.')),
    mode: Optional(Count('Permission bits that chmod set, with set-uid and set-gid.', 4_095)),
    before: Optional(Text(64, 'SHA-256 of a checked-out file before it was overwritten, hex.')),
    after: Optional(Text(64, 'SHA-256 of a checked-out file after it was overwritten, hex.')),
    restored: Optional(Type.Boolean({ description: 'True when an overwritten file got its first content back.' })),
    contains: Optional(
      OneOf(
        ['secret', 'encoded-secret'],
        'The agent found a masked value, or an encoding of one, in what was written to a log, summary, output or artifact. The value is not kept.',
      ),
    ),
  },
  { additionalProperties: false, description: 'Something done to a file.' },
)

export type NetworkEvent = Static<typeof NetworkEvent>
export const NetworkEvent = Type.Object(
  {
    ...common,
    kind: Type.Literal('network', { description: 'A network flow.' }),
    op: OneOf(
      ['connect', 'send', 'listen', 'close', 'tls'],
      'A connection attempt with its outcome, first datagram of a flow, a listener, the end of a flow, TLS or QUIC began on a flow.',
    ),
    flow: Count('Number of the flow within the job: joins its events.'),
    protocol: OneOf(['tcp', 'udp', 'icmp', 'raw', 'other', 'quic'], 'Transport; `quic` once a flow of datagrams has shown to be it.'),
    ip: Ip('Remote address.'),
    port: Port('Remote port.'),
    localIp: Optional(Ip('Local address.')),
    localPort: Optional(Port('Local port.')),
    domain: Optional(Domain('Name by which the process knew the address.')),
    domainSource: Optional(OneOf(['dns', 'hosts', 'http', 'sni'], 'How the name is known; `hosts` is the list of the machine itself.')),
    outcome: Optional(OneOf(['established', 'refused', 'unreachable', 'timeout', 'pending', 'sent', 'failed'], 'What came of it.')),
    sni: Optional(Domain('Name that TLS or QUIC asked for; with encrypted hello the public one.')),
    ja4: Optional(Text(64, 'JA4 fingerprint of the client.')),
    alpn: Optional(List(Text(64, 'A protocol.'), 8, 'Protocols that the client offered, such as h2.')),
    ech: Optional(OneOf(['outer', 'inner'], 'Encrypted ClientHello: the true name may be hidden.')),
    sent: Optional(Count('Bytes sent.')),
    received: Optional(Count('Bytes received.')),
    verdict: OneOf(['observed', 'allowed', 'blocked', 'would-block'], 'What the policy decided; `observed` without one.'),
  },
  { additionalProperties: false, description: 'A network flow began or ended.' },
)

export type DnsAnswer = Static<typeof DnsAnswer>
export const DnsAnswer = Type.Object(
  {
    name: Domain('Owner name.'),
    type: Text(16, 'Record type, such as A.'),
    data: Text(1_024, 'Value.'),
    ttl: Count('Seconds it may be kept.', 4_294_967_295),
  },
  { additionalProperties: false, description: 'One record of an answer.' },
)

export type DnsEvent = Static<typeof DnsEvent>
export const DnsEvent = Type.Object(
  {
    ...common,
    kind: Type.Literal('dns', { description: 'A DNS message.' }),
    op: OneOf(['query', 'answer'], 'Asked, or answered.'),
    transport: OneOf(['udp', 'tcp'], 'Transport.'),
    server: Ip('The resolver.'),
    port: Port('Port of the resolver.'),
    id: Count('Message id.', 65_535),
    name: Domain('Name asked for.'),
    type: Text(16, 'Type asked for.'),
    code: Optional(Text(16, 'Response code, such as NXDOMAIN.')),
    answers: Optional(List(DnsAnswer, 64, 'Records of the answer.')),
  },
  { additionalProperties: false, description: 'A DNS question or answer.' },
)

export type HttpEvent = Static<typeof HttpEvent>
export const HttpEvent = Type.Object(
  {
    ...common,
    kind: Type.Literal('http', { description: 'An HTTP request.' }),
    op: OneOf(['request'], 'A request line.'),
    flow: Optional(Count('Number of the flow that carried it.')),
    scheme: OneOf(['http', 'https'], 'Cleartext or TLS.'),
    method: Text(32, 'Method.'),
    host: Text(255, 'Host it was meant for.'),
    path: Text(4_096, 'Path without the query string.'),
    status: Optional(Count('Status of the answer, when seen.', 999)),
    version: Optional(Text(8, 'HTTP version.')),
    credential: Optional(Text(64, 'Keyed hash of the credential that was sent.')),
    identity: Optional(OneOf(['none', 'job', 'foreign'], "Whose credential it was: none, the job's own token, or another.")),
    queryBytes: Optional(Count('Length of the query string, which is not kept.')),
    bodyBytes: Optional(Count('Length that the body was announced with.')),
    ip: Optional(Ip('Remote address.')),
    port: Optional(Port('Remote port.')),
  },
  { additionalProperties: false, description: 'An outgoing HTTP request.' },
)

export type MemoryEvent = Static<typeof MemoryEvent>
export const MemoryEvent = Type.Object(
  {
    ...common,
    kind: Type.Literal('memory', { description: "Access to another process's memory." }),
    op: OneOf(
      ['open-mem', 'read', 'write', 'ptrace', 'take-fd'],
      '/proc/PID/mem opened, process_vm_readv, process_vm_writev, ptrace, pidfd_getfd.',
    ),
    target: Count('Number of the process it was done to; 0 when it is not of this job.'),
    targetPid: Count('Its pid.', 4_294_967_295),
    targetExe: Optional(Path('Its executable.')),
    path: Optional(Path('The file it went through.')),
    detail: Optional(Text(64, 'The request, such as PTRACE_ATTACH.')),
    result: Optional(
      Type.Integer({ description: 'Return value: bytes, or the negative errno.', minimum: -4_095, maximum: Number.MAX_SAFE_INTEGER }),
    ),
  },
  { additionalProperties: false, description: "Access to another process's memory." },
)

export type SystemEvent = Static<typeof SystemEvent>
export const SystemEvent = Type.Object(
  {
    ...common,
    kind: Type.Literal('system', { description: 'A call that changes the machine or hides from it.' }),
    op: OneOf(
      [
        'memfd',
        'io-uring',
        'bpf',
        'module',
        'userfaultfd',
        'unshare',
        'setns',
        'mount',
        'chroot',
        'kexec',
        'other',
        'socket', // made a socket of an unusual family or type; `detail` names both
        'unix-connect', // connected to a local service; `path` is its socket
        'signal', // sent a signal that stops or ends; `detail` names it
      ],
      'The kind of call.',
    ),
    path: Optional(Path('The socket of a local service.')),
    target: Optional(Count('Number of the process it was done to; 0 when it is not of this job.')),
    targetPid: Optional(Count('Its pid.', 4_294_967_295)),
    targetExe: Optional(Path('Its executable.')),
    detail: Optional(Text(256, 'What was asked for.')),
    result: Optional(
      Type.Integer({ description: 'Return value, or the negative errno.', minimum: -4_095, maximum: Number.MAX_SAFE_INTEGER }),
    ),
  },
  { additionalProperties: false, description: 'A rare system call worth recording.' },
)

export type LossEvent = Static<typeof LossEvent>
export const LossEvent = Type.Object(
  {
    ...common,
    kind: Type.Literal('loss', { description: 'The sensor was blind for a moment.' }),
    op: OneOf(['ring-full', 'tracking-full', 'spool-full', 'undecodable'], 'Why.'),
    type: Text(32, 'Kernel record type that was lost.'),
    count: Count('How many.'),
  },
  { additionalProperties: false, description: 'Records that could not be delivered.' },
)

export type Event = Static<typeof Event>
export const Event = Type.Union([ProcessEvent, FileEvent, NetworkEvent, DnsEvent, HttpEvent, MemoryEvent, SystemEvent, LossEvent], {
  $id: 'Event',
  description: 'One thing the kernel saw.',
})
export type EventKind = Event['kind']
export type EventOf<K extends EventKind> = Extract<Event, { kind: K }>

/** In the order of their number in the store and on the wire. Append only. */
export const EVENT_KINDS = ['process', 'file', 'network', 'dns', 'http', 'memory', 'system', 'loss'] as const satisfies readonly EventKind[]
