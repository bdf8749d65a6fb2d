/*
 * Runs shellcheck and pyflakes for the analyzer. All scripts of a repository go to each program in one call: starting it once per step would take
 * minutes on a large repository.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ScriptChecker, ScriptLanguage, ScriptProblem } from '@gatehouse/analyzer'

export interface CheckedScript {
  readonly language: ScriptLanguage
  readonly text: string
}

/** Programs that check scripts, as commands with their first arguments. Undefined when not installed. */
export interface ScriptPrograms {
  readonly shellcheck: readonly string[] | undefined
  readonly pyflakes: readonly string[] | undefined
}

/** A program that hangs must not hang the scan; what it did not answer counts as absent. */
const TIMEOUT_MS = 60_000
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024
/** Files per call, well below any system's limit on arguments. */
const FILES_PER_CALL = 500

/** Looks for the programs on the search path. */
export function findScriptPrograms(): ScriptPrograms {
  return {
    shellcheck: [['shellcheck']].find(works),
    pyflakes: [['pyflakes'], ['python3', '-m', 'pyflakes']].find(works),
  }
}

function works([program = '', ...args]: readonly string[]): boolean {
  return spawnSync(program, [...args, '--version'], { timeout: 10_000, stdio: 'ignore' }).status === 0
}

/** Remembers which scripts are asked for; the answers come in a second pass. */
export function scriptRecorder(): ScriptChecker & { readonly asked: readonly CheckedScript[] } {
  const asked: CheckedScript[] = []
  return {
    asked,
    check(language, text) {
      asked.push({ language, text })
      return undefined
    },
  }
}

/** Checks all scripts and gives a checker that answers from the results. Scripts of a language without its program stay unanswered. */
export function runScriptPrograms(scripts: readonly CheckedScript[], programs: ScriptPrograms): ScriptChecker {
  const results = new Map<string, readonly ScriptProblem[]>()
  const key = ({ language, text }: CheckedScript): string => `${language}\n${text}`
  const unique = [...new Map(scripts.map((script) => [key(script), script])).values()]
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-scripts-'))
  try {
    for (const language of ['bash', 'sh', 'python'] as const) {
      const command =
        language === 'python'
          ? programs.pyflakes
          : programs.shellcheck && [...programs.shellcheck, '--format=json', `--shell=${language}`, '--norc']
      const wanted = unique.filter((script) => script.language === language)
      if (!command) continue
      for (let from = 0; from < wanted.length; from += FILES_PER_CALL) {
        const part = wanted.slice(from, from + FILES_PER_CALL)
        const files = part.map((script, at) => {
          const file = path.join(folder, `${language}-${from + at}`)
          writeFileSync(file, script.text)
          return file
        })
        const problems = run(command, files, language === 'python' ? readPyflakes : readShellcheck)
        if (problems) for (const [at, script] of part.entries()) results.set(key(script), problems.get(files[at] ?? '') ?? [])
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { check: (language, text) => results.get(key({ language, text })) }
}

type ByFile = ReadonlyMap<string, readonly ScriptProblem[]>

function run(command: readonly string[], files: readonly string[], read: (output: string) => ByFile): ByFile | undefined {
  const [program = '', ...args] = command
  const done = spawnSync(program, [...args, ...files], { encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX })
  // Both end with 1 when they found something.
  if (done.error || (done.status !== 0 && done.status !== 1)) return undefined
  try {
    return read(done.stdout)
  } catch {
    return undefined
  }
}

/** Reads `shellcheck --format=json`. Throws on anything else. */
export function readShellcheck(output: string): ByFile {
  const found = new Map<string, ScriptProblem[]>()
  const comments: unknown = JSON.parse(output)
  if (!Array.isArray(comments)) throw new TypeError('shellcheck gives a list')
  for (const comment of comments as readonly Partial<Record<string, unknown>>[]) {
    const { file, line, column, level, code, message } = comment
    if (typeof file !== 'string' || typeof line !== 'number' || typeof column !== 'number' || typeof message !== 'string') continue
    add(found, file, {
      tool: 'shellcheck',
      code: `SC${String(code)}`,
      level: level === 'error' || level === 'warning' ? level : 'note',
      message,
      line,
      column,
    })
  }
  return found
}

/** Reads the lines `FILE:LINE:COLUMN: message` of pyflakes. */
export function readPyflakes(output: string): ByFile {
  const found = new Map<string, ScriptProblem[]>()
  for (const line of output.split('\n')) {
    const [, file, at, column, message] = /^(.+?):(\d+):(?:(\d+):?)? (.+)$/.exec(line) ?? []
    if (file === undefined || message === undefined) continue
    add(found, file, { tool: 'pyflakes', code: '', level: 'warning', message, line: Number(at), column: Number(column ?? 1) })
  }
  return found
}

function add(found: Map<string, ScriptProblem[]>, file: string, problem: ScriptProblem): void {
  const list = found.get(file)
  if (list) list.push(problem)
  else found.set(file, [problem])
}
