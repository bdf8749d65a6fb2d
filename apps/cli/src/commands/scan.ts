/* `gatehouse scan`. */
import { parseArgs } from 'node:util'
import path from 'node:path'
import {
  analyzeRepository,
  applyBaseline,
  defaultConfig,
  fails,
  joinAnalyses,
  lineText,
  makeBaseline,
  parseBaseline,
  positionAt,
  readConfig,
  readRepository,
  rules,
  SEVERITIES,
  snapshotResolver,
  sourceFromBytes,
  toGithub,
  toJson,
  toMarkdown,
  toSarif,
  toText,
  LEVELS,
  type Analysis,
  type Config,
  type Level,
  type Scan,
  type ScriptChecker,
} from '@gatehouse/analyzer'
import { ExitCode } from '../exit-code.ts'
import { findFiles, type FoundRepository } from '../find-files.ts'
import type { Io } from '../io.ts'
import { pageOf } from '../pages.ts'
import { findScriptPrograms, runScriptPrograms, scriptRecorder, type ScriptPrograms } from '../script-checkers.ts'

const FORMATS = ['text', 'json', 'sarif', 'github', 'markdown'] as const
type Format = (typeof FORMATS)[number]
const VERSION = '0.1.0'

export interface ScanOptions {
  readonly format: Format
  readonly output: string | undefined
  readonly level: Level | undefined
  readonly failOn: (typeof SEVERITIES)[number] | 'never'
  readonly only: readonly string[]
  readonly config: string | undefined
  readonly baseline: string | undefined
  readonly writeBaseline: string | undefined
  readonly cost: boolean
  readonly paths: readonly string[]
}

/** Runs the command; `argv` is what follows `scan`. */
export function scan(argv: readonly string[], io: Io): ExitCode {
  const options = parseOptions(argv)
  if (typeof options === 'string') {
    io.stderr(`gatehouse scan: ${options}\n`)
    return ExitCode.Usage
  }
  const found = findFiles(io, options.paths.length > 0 ? options.paths : ['.'])
  if (found.missing.length > 0) {
    for (const missing of found.missing) io.stderr(`gatehouse scan: ${missing}\n`)
    return ExitCode.Usage
  }
  const baseline = readBaseline(options, io)
  if (baseline === 'failed') return ExitCode.Usage
  const analyses = analyzeAll(found.repositories, options, io)
  if (!analyses) return ExitCode.Usage
  const joined = joinAnalyses(analyses, rules, VERSION)
  const result: Scan = baseline ? { ...joined, findings: applyBaseline(joined.findings, baseline) } : joined
  if (options.writeBaseline !== undefined) {
    io.write(path.resolve(io.cwd, options.writeBaseline), `${JSON.stringify(makeBaseline(result.findings), null, 2)}\n`)
    io.stderr(
      `wrote ${options.writeBaseline}: ${result.findings.filter((finding) => !finding.suppressed).length} findings will not be reported again\n`,
    )
    return result.errors.length > 0 ? ExitCode.Incomplete : ExitCode.Ok
  }
  const report = render(result, options.format, io)
  if (options.output === undefined) io.stdout(report)
  else io.write(path.resolve(io.cwd, options.output), report)
  if (options.cost) printCost(analyses, io)
  const { failOn } = options
  if (result.errors.length > 0) return ExitCode.Incomplete
  return failOn !== 'never' && result.findings.some((finding) => fails(finding, failOn)) ? ExitCode.Findings : ExitCode.Ok
}

function parseOptions(argv: readonly string[]): ScanOptions | string {
  let parsed
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        format: { type: 'string', default: 'text' },
        output: { type: 'string' },
        level: { type: 'string' },
        'fail-on': { type: 'string', default: 'low' },
        rule: { type: 'string', multiple: true, default: [] },
        config: { type: 'string' },
        baseline: { type: 'string' },
        'write-baseline': { type: 'string' },
        cost: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return error instanceof Error ? error.message : 'the command line is not understood'
  }
  const { values, positionals } = parsed
  const format = FORMATS.find((one) => one === values.format)
  if (!format) return `--format is one of ${FORMATS.join(', ')}, not "${values.format}"`
  const level = LEVELS.find((one) => one === values.level)
  if (values.level !== undefined && !level) return `--level is one of ${LEVELS.join(', ')}, not "${values.level}"`
  const failOn = values['fail-on'] === 'never' ? ('never' as const) : SEVERITIES.find((one) => one === values['fail-on'])
  if (!failOn) return `--fail-on is never or one of ${SEVERITIES.join(', ')}, not "${values['fail-on']}"`
  const unknown = values.rule.find((id) => !rules.some((rule) => rule.id === id))
  if (unknown !== undefined) return `there is no rule "${unknown}"`
  return {
    format,
    output: values.output,
    level,
    failOn,
    only: values.rule,
    config: values.config,
    baseline: values.baseline,
    writeBaseline: values['write-baseline'],
    cost: values.cost,
    paths: positionals,
  }
}

function readBaseline({ baseline }: ScanOptions, io: Io): ReturnType<typeof parseBaseline> | undefined | 'failed' {
  if (baseline === undefined) return undefined
  try {
    return parseBaseline(new TextDecoder().decode(io.read(path.resolve(io.cwd, baseline))))
  } catch (error) {
    io.stderr(`gatehouse scan: ${baseline}: ${error instanceof Error ? error.message : 'cannot be read'}\n`)
    return 'failed'
  }
}

function analyzeAll(repositories: readonly FoundRepository[], options: ScanOptions, io: Io): Analysis[] | undefined {
  const analyses: Analysis[] = []
  const chosen = options.only.length > 0 ? rules.filter((rule) => options.only.includes(rule.id)) : rules
  const programs = scriptPrograms(options, io)
  let said = io.now()
  for (const [at, repository] of repositories.entries()) {
    if (io.isTerminal && io.now() - said > 500) {
      said = io.now()
      io.stderr(`\r${at} of ${repositories.length} repositories …`)
    }
    const config = configOf(repository.root, options, io)
    if (!config) return undefined
    const files = repository.files.map((file) => ({ path: file.path, file: sourceFromBytes(file.shown, readOrEmpty(io, file.absolute)) }))
    const effective = options.level ? { ...config, level: options.level } : config
    const read = readRepository(repository.root, files)
    const scripts = programs && checkScripts(read, effective, programs)
    analyses.push(
      analyzeRepository(read, {
        rules: chosen,
        config: effective,
        resolver: snapshotResolver,
        ...(scripts ? { scripts } : {}),
        ...(options.cost ? { clock: () => io.now() } : {}),
      }),
    )
  }
  if (io.isTerminal && repositories.length > 1) io.stderr('\r\u001b[K')
  return analyses
}

/** Programs are looked for only when their findings were asked for; what is absent is said, so that silence is not taken for praise. */
function scriptPrograms(options: ScanOptions, io: Io): ScriptPrograms | undefined {
  const asked =
    options.only.includes('script-lint') || (options.only.length === 0 && (options.level === 'strict' || options.level === 'audit'))
  if (!asked) return undefined
  const programs = findScriptPrograms()
  const absent = (['shellcheck', 'pyflakes'] as const).filter((name) => !programs[name])
  if (absent.length > 0)
    io.stderr(
      `gatehouse scan: ${absent.join(' and ')} not installed; script-lint does not check what ${absent.length > 1 ? 'they' : 'it'} would\n`,
    )
  return absent.length === 2 ? undefined : programs
}

/** One pass asks which scripts there are, then each program runs once. */
function checkScripts(repository: ReturnType<typeof readRepository>, config: Config, programs: ScriptPrograms): ScriptChecker {
  const recorder = scriptRecorder()
  const lint = rules.filter((rule) => rule.id === 'script-lint')
  analyzeRepository(repository, { rules: lint, config, scripts: recorder })
  return runScriptPrograms(recorder.asked, programs)
}

/** A file that vanished or may not be read becomes an empty one, which is reported as not analysed. */
function readOrEmpty(io: Io, file: string): Uint8Array {
  try {
    return io.read(file)
  } catch {
    return new Uint8Array()
  }
}

const KNOWN: ReadonlySet<string> = new Set(rules.map((rule) => rule.id))

/** Reads the repository's own configuration, or the one that was named. */
function configOf(root: string, options: ScanOptions, io: Io): Config | undefined {
  const places =
    options.config === undefined
      ? ['gatehouse.yml', '.github/gatehouse.yml'].map((name) => path.join(root, name))
      : [path.resolve(io.cwd, options.config)]
  const file = places.find((place) => io.kind(place) === 'file')
  if (file === undefined) {
    if (options.config === undefined) return defaultConfig
    io.stderr(`gatehouse scan: there is no configuration ${options.config}\n`)
    return undefined
  }
  const read = readConfig(path.relative(io.cwd, file), io.read(file), KNOWN)
  for (const problem of read.problems) {
    const at = positionAt(read.file, problem.range.start)
    io.stderr(`${read.file.path}:${at.line}:${at.column}: ${problem.message}\n    ${lineText(read.file, at.line)}\n`)
  }
  return read.problems.length > 0 ? undefined : read.config
}

function render(result: Scan, format: Format, io: Io): string {
  switch (format) {
    case 'text':
      return toText(result, { color: io.color })
    case 'json':
      return `${JSON.stringify(toJson(result))}\n`
    case 'sarif':
      return `${JSON.stringify(toSarif(result, { help: pageOf }))}\n`
    case 'github':
      return toGithub(result)
    case 'markdown':
      return toMarkdown(result)
  }
}

function printCost(analyses: readonly Analysis[], io: Io): void {
  const sums = new Map<string, number>()
  for (const { cost } of analyses) for (const [rule, ms] of cost) sums.set(rule, (sums.get(rule) ?? 0) + ms)
  for (const [rule, ms] of [...sums].sort((a, b) => b[1] - a[1])) io.stderr(`${ms.toFixed(1).padStart(9)} ms  ${rule}\n`)
}
