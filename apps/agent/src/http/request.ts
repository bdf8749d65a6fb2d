/*
 * The start of a cleartext HTTP/1 request. Method, host and path come out, and a hash of the credential; the query string, all other
 * headers and the body are not even made into strings, and the caller zeroes the bytes (contracts: Secrets).
 */

export interface HttpRequest {
  readonly method: string
  /** Host the request is meant for, lower case, without port; empty when the head does not say. */
  readonly host: string
  /** Path without query; `*` and the authority of CONNECT as they are. */
  readonly path: string
  readonly version: string
  /** Value of Authorization without its scheme, to be hashed at once; never stored. */
  readonly credential?: string
}

const METHOD_LENGTH_MAX = 32
const TARGET_LENGTH_MAX = 8_192
const HEADERS_MAX = 128
const LF = 0x0a

/** The request that starts at the first of `bytes`, or undefined when none does. Never throws. The head may be cut anywhere after its first line. */
export function readHttpRequest(bytes: Uint8Array): HttpRequest | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const lineEnd = buffer.indexOf(LF)
  const lineStop = lineEnd === -1 ? buffer.length : lineEnd
  const space = buffer.indexOf(0x20)
  if (space < 1 || space > METHOD_LENGTH_MAX || space >= lineStop) return undefined
  const method = buffer.toString('latin1', 0, space)
  if (!/^[A-Z]+(?:-[A-Z]+)?$/.test(method)) return undefined

  // The target ends at the query: what follows is never read.
  let stop = space + 1
  while (stop < lineStop && stop - space <= TARGET_LENGTH_MAX) {
    const byte = buffer[stop] ?? 0
    if (byte === 0x20 || byte === 0x3f || byte === 0x23 || byte === 0x0d) break
    stop++
  }
  const target = buffer.toString('latin1', space + 1, stop)
  if (target === '' || /[^\x21-\x7e]/.test(target)) return undefined
  const tail = lineEnd === -1 ? '' : buffer.toString('latin1', Math.max(stop, lineEnd - 10), lineEnd)
  const version = /HTTP\/(1\.[01])\r?$/.exec(tail)?.[1]
  // A whole first line without a version is some other protocol. A cut one (a long target) may still be HTTP.
  if (version === undefined && (lineEnd !== -1 || !target.startsWith('/'))) return undefined

  const { host: header, credential } = lineEnd === -1 ? { host: undefined, credential: undefined } : readHeaders(buffer, lineEnd + 1)
  const place = placeOf(method, target)
  if (!place) return undefined
  return {
    method,
    host: hostName(place.host ?? header ?? ''),
    path: place.path,
    version: version ?? '1.1',
    ...(credential === undefined ? {} : { credential }),
  }
}

/** The four forms of RFC 9112 §3.2. */
function placeOf(method: string, target: string): { readonly host?: string; readonly path: string } | undefined {
  if (target.startsWith('/')) return { path: target }
  if (target === '*') return { path: '*' }
  if (method === 'CONNECT') return { host: target, path: target.slice(target.lastIndexOf('@') + 1) }
  const absolute = /^[a-z][a-z0-9+.-]{0,20}:\/\/([^/]*)(.*)$/i.exec(target)
  if (!absolute) return undefined
  return { host: absolute[1] ?? '', path: absolute[2] === '' ? '/' : (absolute[2] ?? '/') }
}

function readHeaders(buffer: Buffer, start: number): { readonly host?: string; readonly credential?: string } {
  let host: string | undefined
  let credential: string | undefined
  let at = start
  for (let index = 0; index < HEADERS_MAX; index++) {
    const end = buffer.indexOf(LF, at)
    // The last line may be cut: half a value is worth nothing, and half a credential would hash to something false.
    if (end === -1 || end - at <= 1) break
    const colon = buffer.indexOf(0x3a, at)
    if (colon !== -1 && colon < end && colon - at <= 19) {
      const name = buffer.toString('latin1', at, colon).toLowerCase()
      if (name === 'host') host ??= buffer.toString('latin1', colon + 1, end).trim()
      else if (name === 'authorization')
        credential ??= buffer
          .toString('latin1', colon + 1, end)
          .trim()
          .replace(/^\S{1,32}\s+/, '')
    }
    at = end + 1
  }
  return { ...(host === undefined ? {} : { host }), ...(credential === undefined ? {} : { credential }) }
}

/** Host of an authority: user and port off, lower case; what is no host name becomes empty. */
function hostName(authority: string): string {
  const host = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d{0,5}$/, '')
    .toLowerCase()
  return host.length <= 255 && /^(?:\[[0-9a-f:.%a-z]+\]|[\w.-]+)$/.test(host) ? host : ''
}
