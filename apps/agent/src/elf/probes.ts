/*
 * Where to put uprobes into a program or library, to read what it gives its TLS library to encrypt. Names and arguments: OpenSSL
 * ssl(3), GnuTLS manual, Go's crypto/tls; which client uses which was measured.
 */
import { readElf, type Elf } from './elf.ts'
import { findGoFunctions } from './go.ts'
import { openBytes, withBudget, type ByteSource } from './file.ts'
import { findFunctions } from './symbols.ts'

/** All take (connection, buffer, length). `write` is read on entry; `read` has its bytes on return, so it needs a return probe. */
export interface Probe {
  readonly stack: 'openssl' | 'gnutls' | 'go'
  readonly direction: 'write' | 'read'
  /** How the arguments are passed and what is returned. */
  readonly form:
    | 'length' // returns the number of bytes, or at most 0
    | 'ex' // returns 1 and stores the number of bytes through its fourth argument
    | 'go' // register convention of Go; no return probe is possible, since stacks move
  readonly function: string
  /** Offset in the file. */
  readonly offset: number
}

export type ProbeReading =
  | { readonly kind: 'probes'; readonly probes: readonly Probe[]; readonly buildId?: string; readonly goVersion?: string }
  /** An ELF program or library in which there is nothing to probe. */
  | { readonly kind: 'none'; readonly buildId?: string; readonly goVersion?: string; readonly why: string }
  | { readonly kind: 'not-elf' }
  | { readonly kind: 'unreadable' }

const C_FUNCTIONS: readonly Omit<Probe, 'offset'>[] = [
  { stack: 'openssl', direction: 'write', form: 'length', function: 'SSL_write' },
  { stack: 'openssl', direction: 'write', form: 'ex', function: 'SSL_write_ex' },
  { stack: 'openssl', direction: 'read', form: 'length', function: 'SSL_read' },
  { stack: 'openssl', direction: 'read', form: 'ex', function: 'SSL_read_ex' },
  { stack: 'gnutls', direction: 'write', form: 'length', function: 'gnutls_record_send' },
  { stack: 'gnutls', direction: 'read', form: 'length', function: 'gnutls_record_recv' },
]

const GO_FUNCTIONS: readonly Omit<Probe, 'offset'>[] = [
  { stack: 'go', direction: 'write', form: 'go', function: 'crypto/tls.(*Conn).Write' },
]

/** node, whose 99 MB hold the largest tables we know, needs a tenth of this. */
const READ_BYTES_MAX = 512 * 1_048_576

/** Finds the places in a program or library. Never throws; a malformed file has none. */
export function readProbes(file: ByteSource): ProbeReading {
  const source = withBudget(file, Math.min(READ_BYTES_MAX, file.size * 4 + 1_048_576))
  const reading = readElf(source)
  if (reading.kind === 'not-elf') return reading
  if (reading.kind === 'unsupported') return { kind: 'none', why: reading.why }
  const { elf } = reading
  const build = elf.buildId === undefined ? {} : { buildId: elf.buildId }
  const probes = cProbes(elf)
  // A Go program that links a C library is both, so this is looked for as well.
  const go = findGoFunctions(
    elf,
    GO_FUNCTIONS.map((one) => one.function),
  )
  const version = go?.version === undefined ? {} : { goVersion: go.version }
  for (const description of GO_FUNCTIONS) {
    const found = go?.functions.find(({ name }) => name === description.function)
    // Arguments on the stack are not read by the kernel side.
    if (found !== undefined && go?.registers === true) probes.push({ ...description, offset: found.offset })
  }
  if (probes.length > 0) return { kind: 'probes', probes, ...build, ...version }
  if (source.spent()) return { kind: 'none', why: 'its tables ask for more reading than an honest program needs', ...build, ...version }
  return {
    kind: 'none',
    why: go === null ? 'no TLS functions we know' : 'a Go program without crypto/tls, or one too old',
    ...build,
    ...version,
  }
}

function cProbes(elf: Elf): Probe[] {
  const found = findFunctions(
    elf,
    C_FUNCTIONS.map((one) => one.function),
  )
  const probes: Probe[] = []
  for (const description of C_FUNCTIONS) {
    for (const { name, offset } of found) if (name === description.function) probes.push({ ...description, offset })
  }
  // Two versions of a name may be one function, and one name may be an alias of another: one trap is enough.
  return probes.filter((probe, index) => probes.findIndex(({ offset }) => offset === probe.offset) === index)
}

export interface ProbeFinder {
  /** The probes of the file at a path (for containers: below /proc/PID/root). */
  find(file: string): ProbeReading
  /** Lookups so far and how many were answered from memory. */
  counts(): { readonly lookups: number; readonly cached: number }
}

const CACHE_ENTRIES_MAX = 4_096

/** Remembers what was found for a file as long as device, inode, size and times stay the same, least recently used out first. */
export function createProbeFinder(entriesMax = CACHE_ENTRIES_MAX): ProbeFinder {
  const known = new Map<string, ProbeReading>()
  let lookups = 0
  let cached = 0
  return {
    find(file) {
      lookups += 1
      const opened = openBytes(file)
      if (opened === null) return { kind: 'unreadable' }
      try {
        const before = known.get(opened.identity)
        known.delete(opened.identity)
        const reading = before ?? readProbes(opened)
        if (before !== undefined) cached += 1
        known.set(opened.identity, reading)
        const oldest = known.keys().next()
        if (known.size > entriesMax && oldest.done === false) known.delete(oldest.value)
        return reading
      } finally {
        opened.close()
      }
    },
    counts: () => ({ lookups, cached }),
  }
}
