/*
 * JA4, the published fingerprint of TLS clients (FoxIO, technical_details/JA4.md, BSD-3-Clause): it names the library behind a
 * connection whatever the process calls itself. Only the client fingerprint is free to use; the others of that family are not.
 */
import { hash } from 'node:crypto'
import { isGrease, type ClientHello } from './hello.ts'

const SERVER_NAME = 0x0000
const ALPN = 0x0010

const VERSION_WORDS: Readonly<Record<number, string>> = {
  0x0304: '13',
  0x0303: '12',
  0x0302: '11',
  0x0301: '10',
  0x0300: 's3',
  0x0002: 's2',
  0xfeff: 'd1',
  0xfefd: 'd2',
  0xfefc: 'd3',
}

/** The fingerprint, such as `t13d1516h2_8daaf6152771_e5627efa2ab1`. */
export function ja4(hello: ClientHello, transport: 'tcp' | 'quic'): string {
  const { head, ciphers, extensions } = parts(hello, transport)
  return `${head}_${hash12(ciphers)}_${hash12(extensions)}`
}

/** The same before hashing (JA4_r): what a person compares to find out why two fingerprints differ. */
export function ja4Raw(hello: ClientHello, transport: 'tcp' | 'quic'): string {
  const { head, ciphers, extensions } = parts(hello, transport)
  return `${head}_${ciphers}_${extensions}`
}

function parts(hello: ClientHello, transport: 'tcp' | 'quic'): { head: string; ciphers: string; extensions: string } {
  const ciphers = meaningful(hello.ciphers)
  const extensions = meaningful(hello.extensions)
  const named = extensions.includes(SERVER_NAME) ? 'd' : 'i'
  const head = `${transport === 'quic' ? 'q' : 't'}${VERSION_WORDS[hello.version] ?? '00'}${named}${count(ciphers)}${count(extensions)}${alpnWord(hello)}`
  // Name and protocol are already in the head: without them the last part is the same whatever host is asked.
  const list = hexList(extensions.filter((type) => type !== SERVER_NAME && type !== ALPN).sort(ascending))
  const signatures = hexList(meaningful(hello.signatureAlgorithms))
  return {
    head,
    ciphers: hexList(ciphers.sort(ascending)),
    extensions: list !== '' && signatures !== '' ? `${list}_${signatures}` : list,
  }
}

function meaningful(values: readonly number[]): number[] {
  return values.filter((value) => !isGrease(value))
}

function count(values: readonly number[]): string {
  return String(Math.min(99, values.length)).padStart(2, '0')
}

/** First and last character of the first protocol; when either is not alphanumeric, of its hexadecimal form. */
function alpnWord({ alpnEnds }: ClientHello): string {
  if (alpnEnds === undefined) return '00'
  const [first, last] = alpnEnds
  if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last)
  return `${(first >> 4).toString(16)}${(last & 0x0f).toString(16)}`
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}

function hexList(values: readonly number[]): string {
  return values.map((value) => value.toString(16).padStart(4, '0')).join(',')
}

/** An empty list is shown as zeros, not as the hash of nothing, so that its emptiness is seen. */
function hash12(list: string): string {
  return list === '' ? '000000000000' : hash('sha256', list).slice(0, 12)
}

function ascending(a: number, b: number): number {
  return a - b
}
