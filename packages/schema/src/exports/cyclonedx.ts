/*
 * A job's bill of materials as CycloneDX 1.6 JSON (ECMA-424): what was downloaded, by which step, and how the build was made. It lists
 * what was seen on the wire, so its completeness is stated and never claimed.
 */
import type { Job, JobEnd, Step } from '../job.ts'
import type { Download } from './download.ts'
import { isoTime } from './time.ts'

export interface BomInput {
  readonly job: Job
  readonly end?: JobEnd
  readonly steps: readonly Step[]
  readonly downloads: readonly Download[]
  /** Downloads that were seen and not kept. */
  readonly dropped: number
  /** Commands of each step, by its number: argument vectors, redacted already. */
  readonly commands: ReadonlyMap<number, readonly (readonly string[])[]>
  /** A random UUID: a bill's own identity. */
  readonly serialNumber: string
  /** When the bill is made, microseconds since the Unix epoch. */
  readonly madeAt: number
}

interface Property {
  readonly name: string
  readonly value: string
}

interface Component {
  readonly type: 'library' | 'container' | 'file' | 'application'
  readonly 'bom-ref': string
  readonly group?: string
  readonly name: string
  readonly version?: string
  readonly purl?: string
  readonly hashes?: readonly { readonly alg: 'SHA-256'; readonly content: string }[]
  readonly externalReferences?: readonly { readonly type: 'distribution'; readonly url: string }[]
  readonly evidence?: unknown
  readonly properties?: readonly Property[]
}

export interface CycloneDxBom {
  readonly $schema: string
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: '1.6'
  readonly serialNumber: string
  readonly version: 1
  readonly metadata: unknown
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[]
  readonly compositions: readonly { readonly aggregate: 'incomplete' | 'unknown'; readonly dependencies: readonly string[] }[]
  readonly formulation: readonly unknown[]
}

const JOB_REF = 'job'
const COMMANDS_PER_STEP_MAX = 200

/** Builds the bill. Downloads of one package from several hosts or steps become one component that names them all. */
export function toCycloneDx(input: BomInput): CycloneDxBom {
  const { job, end, steps } = input
  const components = componentsOf(input)
  const refs = components.map((component) => component['bom-ref'])
  const isKnownIncomplete = input.dropped > 0 || job.capture.mode !== 'full' || (end !== undefined && end.verdict !== 'complete')
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${input.serialNumber}`,
    version: 1,
    metadata: {
      timestamp: isoTime(input.madeAt),
      lifecycles: [{ phase: 'build' }],
      tools: { components: [{ type: 'application', name: 'Gatehouse', version: job.agent.version }] },
      component: {
        type: 'application',
        'bom-ref': JOB_REF,
        name: job.run.repository ?? job.name,
        ...(job.run.sha === undefined ? {} : { version: job.run.sha }),
        properties: properties([
          ['gatehouse:run', job.run.id],
          ['gatehouse:job', job.id],
          ['gatehouse:job:name', job.name],
          ['gatehouse:workflow', job.run.workflow],
          ['gatehouse:ref', job.run.ref],
          ['gatehouse:capture', job.capture.mode],
          ['gatehouse:verdict', end?.verdict],
          ['gatehouse:downloads:dropped', String(input.dropped)],
        ]),
      },
    },
    components,
    dependencies: [{ ref: JOB_REF, dependsOn: refs }, ...refs.map((ref) => ({ ref }))],
    // A cache, a preinstalled tool, or a connection we cannot read adds nothing to the list, so "complete" is never said.
    compositions: [{ aggregate: isKnownIncomplete ? 'incomplete' : 'unknown', dependencies: [JOB_REF] }],
    formulation: [
      {
        'bom-ref': 'formula',
        workflows: [
          {
            'bom-ref': 'workflow',
            uid: job.run.id,
            name: job.run.workflow ?? job.name,
            taskTypes: ['build'],
            timeStart: isoTime(job.startedAt),
            ...(end === undefined ? {} : { timeEnd: isoTime(end.finishedAt) }),
            tasks: steps.map((step) => taskOf(step, input.commands.get(step.number) ?? [])),
          },
        ],
      },
    ],
  }
}

function componentsOf({ downloads, steps }: BomInput): Component[] {
  const byPurl = new Map<string, Download[]>()
  for (const download of downloads) {
    const same = byPurl.get(download.purl)
    if (same === undefined) byPurl.set(download.purl, [download])
    else same.push(download)
  }
  const names = new Map(steps.map(({ number, name }) => [number, name]))
  return [...byPurl].map(([purl, [first, ...more]]) => componentOf(purl, first, more, names)).filter((one) => one !== null)
}

function componentOf(
  purl: string,
  first: Download | undefined,
  more: readonly Download[],
  names: ReadonlyMap<number, string>,
): Component | null {
  if (first === undefined) return null
  const all = [first, ...more]
  const { group, name } = splitName(first)
  const confidence = all.some(({ recognised }) => recognised === 'host') ? 1 : 0.8
  const hashes = [...new Set(all.flatMap(({ sha256 }) => (sha256 === undefined ? [] : [sha256])))]
  const urls = [...new Set(all.map(({ scheme, host, path }) => `${scheme}://${host}${path}`))]
  return {
    type: typeOf(first),
    'bom-ref': purl,
    ...(group === undefined ? {} : { group }),
    name,
    ...(first.version === undefined ? {} : { version: first.version }),
    purl,
    ...(hashes.length === 0 ? {} : { hashes: hashes.map((content) => ({ alg: 'SHA-256' as const, content })) }),
    externalReferences: urls.filter(isReference).map((url) => ({ type: 'distribution' as const, url })),
    evidence: {
      identity: [{ field: 'purl', confidence, methods: [{ technique: 'other', confidence, value: `request for ${first.path}` }] }],
    },
    properties: properties([
      ['gatehouse:ecosystem', first.ecosystem],
      ...[...new Set(all.map(({ step }) => step))].flatMap((step): readonly (readonly [string, string | undefined])[] => [
        ['gatehouse:step', String(step)],
        ['gatehouse:step:name', names.get(step)],
      ]),
      ...[...new Set(all.map(({ process }) => process))]
        .slice(0, 16)
        .map((process): readonly [string, string] => ['gatehouse:process', String(process)]),
      ['gatehouse:first-seen', isoTime(Math.min(...all.slice(0, 1_000).map(({ time }) => time)))],
    ]),
  }
}

function typeOf({ ecosystem, kind, file }: Download): Component['type'] {
  if (ecosystem === 'oci') return kind === 'part' ? 'file' : 'container'
  return ecosystem === 'github' && file !== undefined ? 'file' : 'library'
}

/** CycloneDX keeps scope, group and owner apart from the name. */
function splitName({ ecosystem, name }: Download): { readonly group?: string; readonly name: string } {
  const at =
    ecosystem === 'maven'
      ? name.indexOf(':')
      : ecosystem === 'npm' || ecosystem === 'github' || ecosystem === 'go'
        ? name.lastIndexOf('/')
        : -1
  return at <= 0 ? { name } : { group: name.slice(0, at), name: name.slice(at + 1) }
}

function taskOf(step: Step, commands: readonly (readonly string[])[]): unknown {
  const kept = commands.slice(0, COMMANDS_PER_STEP_MAX)
  return {
    'bom-ref': `step-${step.number}`,
    uid: String(step.number),
    name: step.name,
    taskTypes: ['build'],
    timeStart: isoTime(step.startedAt),
    ...(step.finishedAt === undefined ? {} : { timeEnd: isoTime(step.finishedAt) }),
    ...(kept.length === 0
      ? {}
      : { steps: [{ name: step.name, commands: kept.map((argv) => ({ executed: argv.map(quoted).join(' ') })) }] }),
    properties: properties([
      ['gatehouse:step:kind', step.kind],
      ['gatehouse:step:stage', step.stage],
      ['gatehouse:action', step.action === undefined ? undefined : [step.action.repository, step.action.path].filter(Boolean).join('/')],
      ['gatehouse:action:ref', step.action?.ref],
      ['gatehouse:confidence', String(step.confidence)],
      ['gatehouse:commands:omitted', commands.length > kept.length ? String(commands.length - kept.length) : undefined],
    ]),
  }
}

function properties(pairs: readonly (readonly [name: string, value: string | undefined])[]): readonly Property[] {
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
}

/** The schema wants an IRI reference; a path may hold what is none. */
function isReference(url: string): boolean {
  return URL.canParse(url) && /^[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/.test(url) && !/%(?![0-9a-f]{2})/i.test(url)
}

/** As a shell would need it, for reading. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`
}
