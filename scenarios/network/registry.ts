/*
 * Enough of the npm registry protocol to install from a folder of tarballs: package documents, tarballs, and an empty
 * answer to the audit question. The tarballs come from the machine's configured registry (packages.ts), unchanged, so the
 * integrity hashes of a project's lockfile hold.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { readTarEntry } from './tar.ts'

interface Published {
  readonly name: string
  readonly version: string
  readonly manifest: Record<string, unknown>
  readonly file: string
  readonly bytes: Buffer
}

/** Answers requests of an npm client from the `.tgz` files of `folder`, which are read once. */
export function registryHandler(folder: string): (request: IncomingMessage, response: ServerResponse) => void {
  const packages = readdirSync(folder)
    .filter((file) => file.endsWith('.tgz'))
    .map((file) => readPackage(join(folder, file), file))

  return (request, response) => {
    const base = `http://${request.headers.host ?? 'registry.example.test'}`
    const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/')
    if (path.startsWith('/-/npm/v1/security/')) return json(response, 200, {})

    const tarball = packages.find((entry) => path === `/${entry.name}/-/${entry.file}`)
    if (tarball) {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': tarball.bytes.length })
      response.end(tarball.bytes)
      return
    }
    const versions = packages.filter((entry) => path === `/${entry.name}`)
    if (versions.length === 0) return json(response, 404, { error: 'Not found' })
    json(response, 200, packageDocument(versions, base))
  }
}

function packageDocument(versions: readonly Published[], base: string): unknown {
  const name = versions[0]?.name ?? ''
  return {
    name,
    'dist-tags': { latest: versions.at(-1)?.version },
    versions: Object.fromEntries(
      versions.map((entry) => [
        entry.version,
        {
          ...entry.manifest,
          dist: {
            tarball: `${base}/${name}/-/${entry.file}`,
            integrity: `sha512-${createHash('sha512').update(entry.bytes).digest('base64')}`,
            shasum: createHash('sha1').update(entry.bytes).digest('hex'),
          },
        },
      ]),
    ),
  }
}

function readPackage(path: string, file: string): Published {
  const bytes = readFileSync(path)
  const entry = readTarEntry(bytes, 'package/package.json')
  if (!entry) throw new Error(`${file} has no package/package.json`)
  const manifest = JSON.parse(entry.toString('utf8')) as Record<string, unknown>
  return { name: String(manifest['name']), version: String(manifest['version']), manifest, file, bytes }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
