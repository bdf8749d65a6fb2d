/* From a request line to the package it fetches. */
import { forgeRole, registryZone } from '@gatehouse/detections'
import type { HttpEvent } from '@gatehouse/schema'
import type { Download } from '@gatehouse/schema/exports'
import { githubShape } from './github.ts'
import {
  crateShape,
  debianShape,
  gemShape,
  goShape,
  mavenShape,
  npmShape,
  nugetShape,
  ociShape,
  sdistShape,
  wheelShape,
  type Segments,
  type Shape,
} from './shapes.ts'

/** The part of an HTTP event that is needed, so that tests and other sources can give no more. */
export type Request = Pick<HttpEvent, 'time' | 'step' | 'process' | 'scheme' | 'method' | 'host' | 'path' | 'status'> & {
  /** SHA-256 of what was received, when somebody hashed it. */
  readonly sha256?: string
}

const PURL_LENGTH_MAX = 2_048

/**
 * The package that a request fetches, or null: it fetches none, was refused, or could mean several. Paths are recognised on hosts of
 * the ecosystem and, where their shape can mean nothing else, on any other, as mirrors have the same paths behind a prefix.
 */
export function downloadOf(request: Request): Download | null {
  const { status, method, path, scheme } = request
  if (status !== undefined && (status >= 400 || status === 304)) return null
  if (method !== 'GET' && method !== 'POST') return null
  const segments = segmentsOf(path)
  if (segments === null) return null
  const host = request.host.replace(/:\d+$/, '')
  const zone = registryZone(host)
  const role = forgeRole(host)
  const url = `${scheme}://${request.host}${path}`
  const found =
    (role === null ? null : githubShape(role, segments, method, url)) ??
    (method === 'GET' ? packageShape(segments, request.host, zone) : null)
  if (found === null || found.purl.length > PURL_LENGTH_MAX) return null
  const { sha256 = found.sha256 } = request
  return {
    purl: found.purl,
    kind: found.kind,
    ecosystem: found.ecosystem,
    name: found.name.slice(0, 512),
    ...(found.version === undefined ? {} : { version: found.version.slice(0, 256) }),
    recognised: role !== null || zone === found.ecosystem ? 'host' : 'path',
    method,
    scheme,
    host: request.host,
    path,
    ...(found.file === undefined ? {} : { file: found.file.slice(0, 512) }),
    ...(sha256 === undefined ? {} : { sha256 }),
    time: request.time,
    step: request.step,
    process: request.process,
  }
}

function packageShape(segments: Segments, host: string, zone: string | null): Shape | null {
  return (
    ociShape(segments, host) ??
    npmShape(segments) ??
    wheelShape(segments) ??
    (zone === 'pypi' ? sdistShape(segments) : null) ??
    crateShape(segments) ??
    goShape(segments) ??
    nugetShape(segments, zone === 'nuget') ??
    gemShape(segments) ??
    debianShape(segments) ??
    mavenShape(segments, zone === 'maven')
  )
}

/** Decoded parts of a path; null when it is no plain path. Dots would make the server look elsewhere than we do. */
function segmentsOf(path: string): Segments | null {
  if (!path.startsWith('/') || path.length > 4_096) return null
  const segments: string[] = []
  for (const part of path.split('/')) {
    if (part === '') continue
    try {
      const text = part.includes('%') ? decodeURIComponent(part) : part
      // eslint-disable-next-line no-control-regex -- control characters are what is looked for.
      if (text === '.' || text === '..' || /[\x00-\x1f\x7f\\]/.test(text)) return null
      segments.push(text)
    } catch {
      return null
    }
  }
  return segments
}
