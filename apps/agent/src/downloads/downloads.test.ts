/*
 * How: one row for each path shape, with hosts that are mirrors unless a row is about the host; every purl is read back by packageurl-js.
 * Hosts of registries come from the zone file, the only place that may name them.
 */
import fc from 'fast-check'
import { PackageURL } from 'packageurl-js'
import { describe, expect, test } from 'vitest'
import type { Event } from '@gatehouse/schema'
import { Download } from '@gatehouse/schema/exports'
import zones from '../../../../packages/detections/src/data/package-zones.json' with { type: 'json' }
import { Value } from 'typebox/value'
import { createDownloadLog, downloadOf, type Request } from './index.ts'

const MIRROR = 'mirror.example.test'
const request = (host: string, path: string, more: Partial<Request> = {}): Request => ({
  time: 1,
  step: 2,
  process: 3,
  scheme: 'https',
  method: 'GET',
  host,
  path,
  ...more,
})
/** A host of a zone; `*.` becomes a name below it. */
const hostOf = (patterns: readonly string[]) => patterns[0]!.replace('*.', 'files.')

const HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const ANYWHERE: readonly (readonly [path: string, purl: string, version: string | undefined])[] = [
  ['/left-pad/-/left-pad-1.3.0.tgz', 'pkg:npm/left-pad@1.3.0', '1.3.0'],
  ['/@babel/core/-/core-7.24.0-beta.1.tgz', 'pkg:npm/%40babel/core@7.24.0-beta.1', '7.24.0-beta.1'],
  ['/@babel%2fcore/-/core-7.24.0.tgz', 'pkg:npm/%40babel/core@7.24.0', '7.24.0'],
  ['/artifactory/api/npm/all/@types/node/-/node-20.0.0.tgz', 'pkg:npm/%40types/node@20.0.0', '20.0.0'],
  ['/repository/npm/lodash/-/lodash-4.17.21+build.5.tgz', 'pkg:npm/lodash@4.17.21%2Bbuild.5', '4.17.21+build.5'],
  [
    '/packages/5d/ab/0123/requests-2.31.0-py3-none-any.whl',
    'pkg:pypi/requests@2.31.0?file_name=requests-2.31.0-py3-none-any.whl',
    '2.31.0',
  ],
  [
    '/x/typing_extensions-4.1.0-1-py3-none-any.whl',
    'pkg:pypi/typing-extensions@4.1.0?file_name=typing_extensions-4.1.0-1-py3-none-any.whl',
    '4.1.0',
  ],
  [
    '/x/torch-2.3.0+cu121-cp312-cp312-linux_x86_64.whl',
    'pkg:pypi/torch@2.3.0%2Bcu121?file_name=torch-2.3.0%2Bcu121-cp312-cp312-linux_x86_64.whl',
    '2.3.0+cu121',
  ],
  ['/api/v1/crates/serde/1.0.200/download', 'pkg:cargo/serde@1.0.200', '1.0.200'],
  ['/crates/serde-json/serde-json-1.0.1.crate', 'pkg:cargo/serde-json@1.0.1', '1.0.1'],
  ['/any/wasm-bindgen-0.2.92.crate', 'pkg:cargo/wasm-bindgen@0.2.92', '0.2.92'],
  [
    '/github.com/!azure/go-autorest/@v/v14.2.0+incompatible.zip',
    'pkg:golang/github.com/azure/go-autorest@v14.2.0%2Bincompatible',
    'v14.2.0+incompatible',
  ],
  // As go itself asks: the mark is percent-encoded.
  ['/github.com/%21burnt%21sushi/toml/@v/v1.3.2.zip', 'pkg:golang/github.com/burntsushi/toml@v1.3.2', 'v1.3.2'],
  ['/go-mirror/golang.org/x/sys/@v/v0.20.0.zip', 'pkg:golang/golang.org/x/sys@v0.20.0', 'v0.20.0'],
  [
    '/maven2/org/apache/commons/commons-lang3/3.12.0/commons-lang3-3.12.0.jar',
    'pkg:maven/org.apache.commons/commons-lang3@3.12.0',
    '3.12.0',
  ],
  [
    '/maven2/com/google/guava/guava/33.0.0-jre/guava-33.0.0-jre-sources.jar',
    'pkg:maven/com.google.guava/guava@33.0.0-jre?classifier=sources',
    '33.0.0-jre',
  ],
  ['/artifactory/libs/org/apache/maven/maven-core/3.9.6/maven-core-3.9.6.jar', 'pkg:maven/org.apache.maven/maven-core@3.9.6', '3.9.6'],
  ['/repository/maven-public/junit/junit/4.13/junit-4.13.jar', 'pkg:maven/junit/junit@4.13', '4.13'],
  ['/android/maven2/androidx/core/core/1.12.0/core-1.12.0.aar', 'pkg:maven/androidx.core/core@1.12.0?type=aar', '1.12.0'],
  ['/v3-flatcontainer/newtonsoft.json/13.0.3/newtonsoft.json.13.0.3.nupkg', 'pkg:nuget/newtonsoft.json@13.0.3', '13.0.3'],
  ['/gems/rails-7.1.3.gem', 'pkg:gem/rails@7.1.3', '7.1.3'],
  ['/gems/nokogiri-1.16.0-x86_64-linux.gem', 'pkg:gem/nokogiri@1.16.0?platform=x86_64-linux', '1.16.0'],
  [
    '/debian/pool/main/c/curl/curl_7.88.1-10+deb12u14_amd64.deb',
    'pkg:deb/debian/curl@7.88.1-10%2Bdeb12u14?arch=amd64',
    '7.88.1-10+deb12u14',
  ],
  ['/ubuntu/pool/main/g/git/git_2.43.0-1ubuntu7_arm64.deb', 'pkg:deb/ubuntu/git@2.43.0-1ubuntu7?arch=arm64', '2.43.0-1ubuntu7'],
  ['/pool/x/tool_1.0~rc1_all.deb', 'pkg:deb/tool@1.0~rc1?arch=all', '1.0~rc1'],
  [
    `/v2/library/alpine/manifests/sha256:${HASH}`,
    `pkg:oci/alpine@sha256:${HASH}?repository_url=mirror.example.test%2Flibrary%2Falpine`,
    `sha256:${HASH}`,
  ],
  ['/v2/team/app/manifests/v1.2', 'pkg:oci/app?repository_url=mirror.example.test%2Fteam%2Fapp&tag=v1.2', 'v1.2'],
]

describe('on a mirror, by the path alone', () => {
  test.each(ANYWHERE)('%s', (path, purl, version) => {
    const download = downloadOf(request(MIRROR, path))
    expect(download).toMatchObject({ purl, recognised: 'path', step: 2, process: 3, host: MIRROR, path })
    expect(download?.version).toBe(version)
    expect(Value.Check(Download, download)).toBe(true)
    const read = PackageURL.fromString(purl)
    expect(read.version).toBe(version?.includes('v1.2') ? undefined : version)
  })
})

const { npm, pypi, maven, nuget } = zones.registries
const { site, archives, raw, api } = zones.forges.github

const AT_HOME: readonly (readonly [host: string, path: string, purl: string])[] = [
  [hostOf(npm), '/left-pad/-/left-pad-1.3.0.tgz', 'pkg:npm/left-pad@1.3.0'],
  [
    hostOf(pypi),
    '/packages/00/11/22/python-dateutil-2.9.0.tar.gz',
    'pkg:pypi/python-dateutil@2.9.0?file_name=python-dateutil-2.9.0.tar.gz',
  ],
  [
    hostOf(pypi),
    '/packages/source/z/zope.interface/zope.interface-6.0.zip',
    'pkg:pypi/zope-interface@6.0?file_name=zope.interface-6.0.zip',
  ],
  [hostOf(maven), '/junit/junit/4.13/junit-4.13.jar', 'pkg:maven/junit/junit@4.13'],
  [hostOf(nuget), '/api/v2/package/Serilog/3.1.1', 'pkg:nuget/Serilog@3.1.1'],
  [site[0]!, '/Owner/Repo/archive/refs/tags/v1.0.tar.gz', 'pkg:github/owner/repo@v1.0'],
  [site[0]!, '/o/r/raw/main/install.sh', 'pkg:github/o/r@main#install.sh'],
  [archives[0]!, '/o/r/tar.gz/0123456789abcdef0123456789abcdef01234567', 'pkg:github/o/r@0123456789abcdef0123456789abcdef01234567'],
  [archives[0]!, '/o/r/legacy.zip/refs/heads/release/2', 'pkg:github/o/r@release%2F2'],
  [raw[0]!, '/o/r/refs/heads/main/scripts/get.sh', 'pkg:github/o/r@main#scripts/get.sh'],
  [raw[0]!, '/o/r/v2/get.sh', 'pkg:github/o/r@v2#get.sh'],
  [api[0]!, '/repos/actions/checkout/tarball/v4', 'pkg:github/actions/checkout@v4'],
]

describe('on a host of its ecosystem', () => {
  test.each(AT_HOME)('%s%s', (host, path, purl) => {
    expect(downloadOf(request(host, path))).toMatchObject({ purl, recognised: 'host' })
    expect(PackageURL.fromString(purl).toString().replaceAll('%3A', ':')).toBe(purl)
  })

  test('a release asset keeps its address and its file', () => {
    const path = '/cli/cli/releases/download/v2.50.0/gh_2.50.0_linux_amd64.tar.gz'
    const download = downloadOf(request(site[0]!, path))
    expect(download).toMatchObject({ name: 'cli/cli', version: 'v2.50.0', file: 'gh_2.50.0_linux_amd64.tar.gz' })
    expect(PackageURL.fromString(download!.purl).qualifiers).toEqual({ download_url: `https://${site[0]}${path}` })
  })

  test('the newest release has no version in its address, so none is made up', () => {
    const download = downloadOf(request(site[0]!, '/o/r/releases/latest/download/tool'))
    expect(download).toMatchObject({ name: 'o/r', file: 'tool' })
    expect(download).not.toHaveProperty('version')
  })

  test('a clone is the pack that is fetched, not the question before it', () => {
    expect(downloadOf(request(site[0]!, '/o/r.git/git-upload-pack', { method: 'POST' }))).toMatchObject({ purl: 'pkg:github/o/r' })
    expect(downloadOf(request(site[0]!, '/o/r.git/info/refs'))).toBeNull()
  })
})

test.each([
  ['metadata of a package', '/left-pad', {}],
  ['metadata of a wheel', '/packages/x/requests-2.31.0-py3-none-any.whl.metadata', {}],
  ['a Go module file', '/golang.org/x/sys/@v/v0.20.0.mod', {}],
  ['a checksum', '/maven2/org/a/b/1/b-1.jar.sha1', {}],
  ['a POM', '/maven2/org/a/b/1/b-1.pom', {}],
  ['a tarball that is not of its folder', '/left-pad/-/other-1.0.0.tgz', {}],
  ['a crate with an empty name', '/crates//1.0.0/download', {}],
  ['an archive that may be anything', '/files/python-dateutil-2.9.0.tar.gz', {}],
  ['a jar of an unknown group on an unknown host', '/store/junit/junit/4.13/junit-4.13.jar', {}],
  ['a package the server did not have', '/left-pad/-/left-pad-1.3.0.tgz', { status: 404 }],
  ['a package already in the cache', '/left-pad/-/left-pad-1.3.0.tgz', { status: 304 }],
  ['a question whether it is there', '/left-pad/-/left-pad-1.3.0.tgz', { method: 'HEAD' }],
  ['a publication', '/left-pad/-/left-pad-1.3.0.tgz', { method: 'PUT' }],
  ['dots in the path', '/a/../left-pad/-/left-pad-1.3.0.tgz', {}],
  ['dots in hiding', '/a/%2e%2e/left-pad/-/left-pad-1.3.0.tgz', {}],
  ['a broken escape', '/%zz/left-pad/-/left-pad-1.3.0.tgz', {}],
  ['a page about a repository', '/o/r', {}],
] as const)('%s is no download', (_, path, more) => expect(downloadOf(request(MIRROR, path, more))).toBeNull())

test('a layer is a part of an image, with its hash', () => {
  expect(downloadOf(request(MIRROR, `/v2/library/alpine/blobs/sha256:${HASH}`))).toMatchObject({ kind: 'part', sha256: HASH })
})

test('a redirect counts: the asset host behind it says nothing', () => {
  expect(downloadOf(request(MIRROR, '/gems/rails-7.1.3.gem', { status: 302 }))).not.toBeNull()
})

const event = (path: string, step: number): Event => ({
  ...request(MIRROR, path, { step }),
  kind: 'http',
  op: 'request',
  seq: 1,
  exe: '/bin/npm',
})

test('the log keeps each package once per step, and counts what it could not keep', () => {
  const log = createDownloadLog(2)
  const seen = [event('/a/-/a-1.0.0.tgz', 1), event('/a/-/a-1.0.0.tgz', 1), event('/a/-/a-1.0.0.tgz', 2), event('/b/-/b-1.0.0.tgz', 1)]
  expect(seen.map((one) => log.observe(one) !== null)).toEqual([true, false, true, false])
  expect([log.list().length, log.dropped()]).toEqual([2, 1])
})

test('whatever a job asks for, what comes out is valid and names no more than was asked', () => {
  const piece = fc.oneof(
    fc.constantFrom('-', '@v', 'v2', 'manifests', 'blobs', 'crates', 'download', '%2f', '@', '%00', '..', 'pool', 'maven2', 'org'),
    fc.string({ maxLength: 12 }),
  )
  const tail = fc.constantFrom('.tgz', '.whl', '.crate', '.zip', '.jar', '.nupkg', '.gem', '.deb', '')
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 8 }),
      fc.string({ maxLength: 20 }),
      tail,
      fc.constantFrom(MIRROR, site[0]!, raw[0]!, hostOf(npm)),
      (pieces, name, end, host) => {
        const download = downloadOf(request(host, `/${pieces.join('/')}/${name}${end}`))
        if (download === null) return
        expect(Value.Check(Download, download)).toBe(true)
        expect(() => PackageURL.fromString(download.purl)).not.toThrow()
      },
    ),
    { numRuns: 3_000 },
  )
})
