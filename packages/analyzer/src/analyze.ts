/* The engine: walks the units once and hands each part to the rules that want it. It knows no rule by name. */
import { defaultConfig, type Config } from './config/types.ts'
import { LEVELS, type Finding } from './finding.ts'
import { suppressionOf } from './ignore.ts'
import { placesOf } from './model/places.ts'
import { readRepository, type RepositoryFile } from './model/repository.ts'
import type { Job, Repository, Step, Unit } from './model/types.ts'
import { matchesPath } from './pattern.ts'
import { emptyResolver, type Resolver } from './resolver.ts'
import type { Report, Rule, RuleContext } from './rule.ts'
import type { ScriptChecker } from './script-checker.ts'
import { lineText, positionAt, type Problem, type SourceFile } from './source.ts'

export interface AnalyzeOptions {
  readonly rules: readonly Rule[]
  readonly config?: Config
  readonly resolver?: Resolver
  /** Answers for programs that check scripts; without it they are not checked. */
  readonly scripts?: ScriptChecker
  /** Milliseconds from any origin; given, the cost of each rule is measured. */
  readonly clock?: () => number
}

export interface Analysis {
  /** In order of file, line and rule; suppressed ones included and marked. */
  readonly findings: readonly Finding[]
  /** What could not be read, or a rule that failed: the result is incomplete there. */
  readonly errors: readonly AnalysisError[]
  /** YAML files that were analysed. */
  readonly files: number
  /** Milliseconds per rule; empty without a clock. */
  readonly cost: ReadonlyMap<string, number>
}

export interface AnalysisError {
  readonly file: SourceFile
  readonly problem: Problem
}

/** Most findings of one rule in one file; a file that yields more says so once. */
const FINDINGS_PER_RULE_MAX = 500

/** Analyses the files of one repository together. Never throws on input; a rule that throws is reported as an error. */
export function analyze(name: string, files: readonly RepositoryFile[], options: AnalyzeOptions): Analysis {
  return analyzeRepository(readRepository(name, files), options)
}

/** Analyses a repository that was read already. */
export function analyzeRepository(
  repository: Repository,
  { rules, config = defaultConfig, resolver = emptyResolver, scripts, clock }: AnalyzeOptions,
): Analysis {
  const enabled = rules.filter((rule) => isEnabled(rule, config))
  const run: Run = {
    config,
    context: { policies: config.policies, resolver, ...(scripts ? { scripts } : {}) },
    findings: [],
    errors: [],
    cost: new Map(),
    clock,
    level: LEVELS.indexOf(config.level),
    seen: new Set(),
  }
  let files = 0
  const included = repository.units.filter((unit) => !config.exclude.some((pattern) => matchesPath(pattern, unit.path)))
  for (const rule of enabled) {
    const started = clock?.()
    if (rule.repository) collect(run, rule, undefined, () => rule.repository?.(repository, run.context))
    for (const unit of included) visit(run, rule, unit)
    if (clock && started !== undefined) run.cost.set(rule.id, clock() - started)
  }
  for (const unit of included) {
    files++
    for (const problem of unit.file.problems) if (problem.code !== 'model') run.errors.push({ file: unit.file, problem })
  }
  run.findings.sort(
    (a, b) =>
      (a.location.file.path < b.location.file.path ? -1 : a.location.file.path > b.location.file.path ? 1 : 0) ||
      a.location.range.start - b.location.range.start ||
      (a.rule.id < b.rule.id ? -1 : a.rule.id > b.rule.id ? 1 : 0),
  )
  return { findings: run.findings, errors: run.errors, files, cost: run.cost }
}

interface Run {
  readonly config: Config
  readonly context: RuleContext
  readonly findings: Finding[]
  readonly errors: AnalysisError[]
  readonly cost: Map<string, number>
  readonly clock: (() => number) | undefined
  readonly level: number
  readonly seen: Set<string>
}

function isEnabled(rule: Rule, config: Config): boolean {
  if (config.rules.get(rule.id)?.level === 'off') return false
  return config.year === undefined || rule.since <= config.year
}

function visit(run: Run, rule: Rule, unit: Unit): void {
  const { context } = run
  if (rule.unit) collect(run, rule, unit, () => rule.unit?.(unit, context))
  switch (unit.kind) {
    case 'workflow':
      if (rule.workflow) collect(run, rule, unit, () => rule.workflow?.(unit, context))
      if (rule.job || rule.step || rule.uses) for (const job of unit.jobs) visitJob(run, rule, unit, job)
      break
    case 'action':
      if (rule.action) collect(run, rule, unit, () => rule.action?.(unit, context))
      if (rule.step || rule.uses) for (const step of unit.steps) visitStep(run, rule, unit, step)
      break
    case 'dependabot':
      if (rule.dependabot) collect(run, rule, unit, () => rule.dependabot?.(unit, context))
      return
    default:
      return
  }
  if (rule.expression) for (const place of placesOf(unit)) collect(run, rule, unit, () => rule.expression?.(place, context))
}

function visitJob(run: Run, rule: Rule, unit: Unit, job: Job): void {
  if (rule.job) collect(run, rule, unit, () => rule.job?.(job, run.context))
  if (rule.uses && job.uses) {
    const { uses } = job
    collect(run, rule, unit, () => rule.uses?.(uses, job, run.context))
  }
  if (rule.step || rule.uses) for (const step of job.steps) visitStep(run, rule, unit, step)
}

function visitStep(run: Run, rule: Rule, unit: Unit, step: Step): void {
  if (rule.step) collect(run, rule, unit, () => rule.step?.(step, run.context))
  if (rule.uses && step.uses) {
    const { uses } = step
    collect(run, rule, unit, () => rule.uses?.(uses, step, run.context))
  }
}

function collect(run: Run, rule: Rule, unit: Unit | undefined, reports: () => Iterable<Report> | undefined): void {
  try {
    for (const report of reports() ?? []) add(run, rule, unit, report)
  } catch (error) {
    // A fault of ours must not lose what the other rules find, and must not read as "clean".
    const file = unit?.file
    if (!file) throw error
    const message = `The rule ${rule.id} failed here: ${error instanceof Error ? error.message : 'unknown reason'}. This is a fault of Gatehouse; please report it.`
    if (run.errors.length < 1_000) run.errors.push({ file, problem: { code: 'limit', message, range: { start: 0, end: 1 } } })
  }
}

function add(run: Run, rule: Rule, unit: Unit | undefined, report: Report): void {
  const file = report.file ?? unit?.file
  if (!file) return
  const settings = run.config.rules.get(rule.id)
  const level = settings?.level && settings.level !== 'off' ? settings.level : (report.level ?? rule.level)
  if (LEVELS.indexOf(level) > run.level) return
  // One place, one finding: aliases and callers lead a rule to the same place more than once.
  const identity = `${rule.id}\n${file.path}\n${report.at.start}\n${report.at.end}`
  if (run.seen.has(identity)) return
  run.seen.add(identity)
  const count = run.cost.get(`${rule.id}\n${file.path}`) ?? 0
  if (count >= FINDINGS_PER_RULE_MAX) return
  const location = { file, range: report.at }
  const finding: Finding = {
    rule,
    message: report.message,
    severity: settings?.severity ?? report.severity ?? rule.severity,
    confidence: report.confidence ?? rule.confidence,
    level,
    location,
    trace: (report.trace ?? []).map(({ role, message, file: at, range }) => ({ role, message, file: at, range })),
    fix: report.fix,
    suppressed: undefined,
    fingerprint: fingerprintOf(rule.id, unit?.path ?? file.path, file, report),
  }
  run.findings.push({ ...finding, suppressed: suppressionOf(finding, unit, run.config) })
}

/** Not a cryptographic hash: it only has to tell the findings of one repository apart. */
function fingerprintOf(id: string, path: string, file: SourceFile, report: Report): string {
  const text = `${id}\n${path}\n${lineText(file, positionAt(file, report.at.start).line).trim()}\n${file.text.slice(report.at.start, Math.min(report.at.end, report.at.start + 200))}`
  let low = 0x811c9dc5
  let high = 0x1000193
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    low = Math.imul(low ^ code, 0x01000193) >>> 0
    high = Math.imul(high ^ (code + at), 0x85ebca6b) >>> 0
  }
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0')
}
