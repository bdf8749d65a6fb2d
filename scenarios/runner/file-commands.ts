/*
 * Files through which a step talks to the runner. Each step gets fresh ones, named after a GUID of its own, which is why
 * that GUID identifies the step. Format: GitHub's workflow-command documentation, "environment files".
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface FileCommands {
  readonly key: string
  readonly output: string
  readonly env: string
  readonly path: string
  readonly state: string
  readonly summary: string
}

/** Creates the empty files of one step below the job's temporary folder. */
export function createFileCommands(folder: string, key: string): FileCommands {
  const file = (kind: string) => join(folder, `${kind}_${key}`)
  const files = {
    key,
    output: file('set_output'),
    env: file('set_env'),
    path: file('add_path'),
    state: file('save_state'),
    summary: file('step_summary'),
  }
  for (const path of [files.output, files.env, files.path, files.state, files.summary]) writeFileSync(path, '')
  return files
}

/**
 * Reads `NAME=value` lines and `NAME<<DELIMITER` blocks.
 * @throws {Error} for a line that is neither, or a block that does not end.
 */
export function readAssignments(text: string): Map<string, string> {
  const values = new Map<string, string>()
  const lines = text.split(/\r?\n/)
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (heredoc > 0 && (equals < 0 || heredoc < equals)) {
      const delimiter = line.slice(heredoc + 2)
      const end = lines.indexOf(delimiter, at + 1)
      if (end < 0) throw new Error(`a value without its closing delimiter: ${line.slice(0, heredoc)}`)
      values.set(line.slice(0, heredoc), lines.slice(at + 1, end).join('\n'))
      at = end
    } else if (equals > 0) {
      values.set(line.slice(0, equals), line.slice(equals + 1))
    } else {
      throw new Error(`not an assignment: ${line.slice(0, 80)}`)
    }
  }
  return values
}

/** Folders to put in front of PATH, in the order they were added. */
export function readPathFile(path: string): string[] {
  return readFileSync(path, 'utf8').split(/\r?\n/).filter(Boolean)
}

/** Names the runner does not let a step set for later ones: its own, and the one that would load code into every action. */
export function isProtectedName(name: string): boolean {
  return /^(?:GITHUB|RUNNER)_/i.test(name) || name.toUpperCase() === 'NODE_OPTIONS'
}
