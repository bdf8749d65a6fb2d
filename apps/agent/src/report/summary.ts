/* Collects, from the records as they come, what the summary at the end needs. Every collection is bounded; what no longer fits is counted. */
import type { Download } from '@gatehouse/schema/exports'
import { createDownloadLog } from '../downloads/index.ts'
import type { Event, EventOf, Finding, JournalRecord, Step } from '@gatehouse/schema'

export interface Destination {
  readonly key: string
  domain?: string
  readonly ip: string
  readonly port: number
  readonly protocol: string
  readonly noDns: boolean
  connections: number
  failed: number
  sent: number
  received: number
  readonly steps: Set<number>
  /** Process numbers, at most a few. */
  readonly processes: Set<number>
}

export interface Executable {
  readonly path: string
  runs: number
  /** Ran from memory, or from a file that has no name any more. */
  readonly odd?: 'memfd' | 'deleted'
}

export interface FileArea {
  readonly name: string
  count: number
  readonly examples: string[]
}

export interface Summary {
  readonly processes: number
  readonly events: number
  readonly destinations: readonly Destination[]
  readonly destinationsOmitted: number
  readonly executables: readonly Executable[]
  /** Packages fetched, in order; each once per step. */
  readonly downloads: readonly Download[]
  readonly downloadsOmitted: number
  readonly areas: readonly FileArea[]
  readonly files: number
  readonly findings: readonly Finding[]
  readonly findingsOmitted: number
  readonly steps: readonly Step[]
  readonly lost: ReadonlyMap<string, number>
  /** Program names from the process up to the job's first, such as `curl ‹ sh ‹ npm`. */
  chain(process: number): readonly string[]
}

export interface SummaryCollector {
  readonly observe: (record: JournalRecord) => void
  summary(): Summary
}

const DESTINATIONS_MAX = 2_000
const EXECUTABLES_MAX = 5_000
const DOWNLOADS_MAX = 5_000
const FILES_MAX = 100_000
const FINDINGS_MAX = 500
const PROCESSES_MAX = 50_000
const STEPS_MAX = 4_096
const CHAIN_MAX = 12
const EXAMPLES_MAX = 3

/** @param places Folders that have a meaning for this job: its working directory and its home. */
export function createSummary(places: { readonly cwd: string; readonly home: string }): SummaryCollector {
  const destinations = new Map<string, Destination>()
  let destinationsOmitted = 0
  const flows = new Map<number, Destination>()
  const executables = new Map<string, Executable>()
  const downloads = createDownloadLog(DOWNLOADS_MAX)
  const areas = new Map<string, FileArea>()
  const files = new Set<string>()
  let filesBeyond = 0
  const findings: Finding[] = []
  let findingsOmitted = 0
  const steps = new Map<number, Step>()
  const lost = new Map<string, number>()
  const processes = new Map<number, { readonly name: string; readonly parent: number }>()
  let processCount = 0
  let events = 0

  return {
    observe(record) {
      if (record.record === 'event') observeEvent(record.event)
      else if (record.record === 'step' && (steps.has(record.step.number) || steps.size < STEPS_MAX))
        steps.set(record.step.number, record.step)
      else if (record.record === 'finding') {
        if (findings.length < FINDINGS_MAX) findings.push(record.finding)
        else findingsOmitted++
      }
    },
    summary: () => ({
      processes: processCount,
      events,
      destinations: [...destinations.values()].toSorted((a, b) => b.sent + b.received - (a.sent + a.received)),
      destinationsOmitted,
      downloads: downloads.list(),
      downloadsOmitted: downloads.dropped(),
      executables: [...executables.values()].toSorted(
        (a, b) => Number(b.odd !== undefined) - Number(a.odd !== undefined) || b.runs - a.runs,
      ),
      areas: [...areas.values()].toSorted((a, b) => b.count - a.count),
      files: files.size + filesBeyond,
      findings: findings.toSorted((a, b) => SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] || a.time - b.time),
      findingsOmitted,
      steps: [...steps.values()].toSorted((a, b) => a.number - b.number),
      lost,
      chain: chainOf,
    }),
  }

  function observeEvent(event: Event): void {
    events++
    if (event.kind === 'process') observeProcess(event)
    else if (event.kind === 'network') observeFlow(event)
    else if (event.kind === 'file') observeFile(event)
    else if (event.kind === 'http') downloads.observe(event)
    else if (event.kind === 'loss') lost.set(event.type, (lost.get(event.type) ?? 0) + event.count)
  }

  function observeProcess(event: EventOf<'process'>): void {
    const known = processes.get(event.process)
    if (!known) processCount++
    if (event.op === 'exit' || (!known && processes.size >= PROCESSES_MAX)) return
    const parent = event.parent ?? known?.parent ?? 0
    const name = event.op === 'exec' ? programName(event) : (known?.name ?? processes.get(parent)?.name ?? basename(event.exe))
    processes.set(event.process, { name, parent })
    if (event.op !== 'exec') return
    const found = executables.get(event.exe)
    if (found) found.runs++
    else if (executables.size < EXECUTABLES_MAX) {
      const odd = event.flags?.includes('memfd') ? 'memfd' : event.flags?.includes('deleted') ? 'deleted' : undefined
      executables.set(event.exe, { path: event.exe, runs: 1, ...(odd ? { odd } : {}) })
    }
  }

  function observeFlow(event: EventOf<'network'>): void {
    if (event.op === 'listen') return
    if (event.op === 'tls') {
      // TLS may be the first to name the other side; it is no connection of its own.
      const destination = flows.get(event.flow)
      if (destination && event.domain !== undefined) destination.domain ??= event.domain
      return
    }
    if (event.op === 'close') {
      const destination = flows.get(event.flow)
      flows.delete(event.flow)
      if (destination) {
        destination.sent += event.sent ?? 0
        destination.received += event.received ?? 0
      }
      return
    }
    const key = `${event.protocol} ${event.domain ?? event.ip} ${event.port}`
    let destination = destinations.get(key)
    if (!destination) {
      if (destinations.size >= DESTINATIONS_MAX) {
        destinationsOmitted++
        return
      }
      destination = {
        key,
        ...(event.domain === undefined ? {} : { domain: event.domain }),
        ip: event.ip,
        port: event.port,
        protocol: event.protocol,
        noDns: event.flags?.includes('no-dns') ?? false,
        connections: 0,
        failed: 0,
        sent: 0,
        received: 0,
        steps: new Set(),
        processes: new Set(),
      }
      destinations.set(key, destination)
    }
    destination.connections++
    if (event.outcome === 'refused' || event.outcome === 'unreachable' || event.outcome === 'timeout' || event.outcome === 'failed')
      destination.failed++
    if (destination.steps.size < 64) destination.steps.add(event.step)
    if (destination.processes.size < 8) destination.processes.add(event.process)
    if (flows.size < PROCESSES_MAX) flows.set(event.flow, destination)
  }

  function observeFile(event: EventOf<'file'>): void {
    if (event.op === 'read' || (event.result ?? 0) < 0 || THREAD_NAME.test(event.path)) return
    const path = event.op === 'rename' || event.op === 'link' || event.op === 'symlink' ? (event.to ?? event.path) : event.path
    if (files.has(path)) return
    if (files.size < FILES_MAX) files.add(path)
    else filesBeyond++
    const name = areaOf(path, places)
    const area = areas.get(name) ?? { name, count: 0, examples: [] }
    areas.set(name, area)
    area.count++
    if (area.examples.length < EXAMPLES_MAX) area.examples.push(path)
  }

  function chainOf(process: number): string[] {
    const names: string[] = []
    for (let at = process; at !== 0 && names.length < CHAIN_MAX;) {
      const found = processes.get(at)
      if (!found) break
      // A shell that forks to run a program shows up twice under one name; once is enough.
      if (names.at(-1) !== found.name) names.push(found.name)
      at = found.parent
    }
    return names
  }
}

/** How a program names its threads: every Node process does, and nothing outside it changes. */
const THREAD_NAME = /^\/proc\/\d+\/(?:task\/\d+\/)?comm$/

const SEVERITY_RANK = { info: 0, low: 1, medium: 2, high: 3, critical: 4 } as const

/** What a person calls this program: `npm ci` rather than `/usr/bin/node /usr/bin/npm ci`. */
function programName(event: EventOf<'process'>): string {
  const argv = event.argv ?? []
  const program = basename(event.filename ?? event.exe)
  // What follows is a program's text, not its name.
  if (argv.slice(1, 4).some((word) => /^-(?:\w*c|e|p|-eval|-print)$/.test(word)) && INTERPRETERS.test(program)) return program
  const words = argv.slice(1).filter((word) => !word.startsWith('-'))
  const first = words[0] ?? ''
  if (INTERPRETERS.test(program) && first.includes('/')) return [basename(first), ...words.slice(1, 2)].join(' ').slice(0, 40)
  return SPEAKING.has(program) && first !== '' ? `${program} ${basename(first)}`.slice(0, 40) : program
}
const INTERPRETERS = /^(?:node|nodejs|python[\d.]*|perl|ruby|bash|sh|dash|env)$/
const SPEAKING: ReadonlySet<string> = new Set([
  'npm',
  'npx',
  'pnpm',
  'yarn',
  'pip',
  'git',
  'go',
  'cargo',
  'make',
  'node',
  'python3',
  'python',
  'docker',
  'sh',
  'bash',
])

function areaOf(path: string, places: { readonly cwd: string; readonly home: string }): string {
  if (isBelow(path, places.cwd)) {
    const first = path.slice(places.cwd.length + 1).split('/')[0] ?? ''
    return first === 'node_modules' || first === '.git' ? `working directory, ${first}` : 'working directory'
  }
  if (/^\/(?:tmp|var\/tmp|dev\/shm)(?:\/|$)/.test(path)) return 'temporary files'
  if (/^\/(?:dev|proc|sys)(?:\/|$)/.test(path)) return 'devices and kernel files'
  if (/^\/(?:usr|bin|sbin|lib|lib64|etc|boot|opt)(?:\/|$)/.test(path)) return 'system'
  if (isBelow(path, places.home)) return 'home'
  return 'elsewhere'
}

function isBelow(path: string, folder: string): boolean {
  return folder !== '' && folder !== '/' && path.startsWith(`${folder}/`)
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path
}
