/* `gatehouse fix`: applies the fixes that rules offer, each proven by parsing the result. */
import { parseArgs } from 'node:util'
import { analyze, applyFixes, defaultConfig, rules, snapshotResolver, sourceFromBytes } from '@gatehouse/analyzer'
import { ExitCode } from '../exit-code.ts'
import { findFiles } from '../find-files.ts'
import type { Io } from '../io.ts'

export function fix(argv: readonly string[], io: Io): ExitCode {
  let parsed
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        check: { type: 'boolean', default: false },
        review: { type: 'boolean', default: false },
        rule: { type: 'string', multiple: true, default: [] },
      },
    })
  } catch (error) {
    io.stderr(`gatehouse fix: ${error instanceof Error ? error.message : 'the command line is not understood'}\n`)
    return ExitCode.Usage
  }
  const { values, positionals } = parsed
  const found = findFiles(io, positionals.length > 0 ? positionals : ['.'])
  for (const missing of found.missing) io.stderr(`gatehouse fix: ${missing}\n`)
  if (found.missing.length > 0) return ExitCode.Usage
  const chosen = values.rule.length > 0 ? rules.filter((rule) => values.rule.includes(rule.id)) : rules
  let changed = 0
  let errors = 0
  for (const repository of found.repositories) {
    const files = repository.files.map((file) => ({
      path: file.path,
      file: sourceFromBytes(file.shown, io.read(file.absolute)),
      absolute: file.absolute,
    }))
    const analysis = analyze(repository.root, files, { rules: chosen, config: defaultConfig, resolver: snapshotResolver })
    errors += analysis.errors.length
    for (const { file, absolute } of files) {
      const result = applyFixes(
        file,
        analysis.findings.filter((finding) => !finding.suppressed),
        values.review ? ['safe', 'review'] : ['safe'],
      )
      for (const { finding, fix: done } of result.applied)
        io.stdout(`${file.path}: ${done.title} (${finding.rule.id})${done.caution === undefined ? '' : `\n    check: ${done.caution}`}\n`)
      for (const { finding, reason } of result.refused) io.stdout(`${file.path}: not fixed (${finding.rule.id}): ${reason}\n`)
      if (result.text === file.text) continue
      changed++
      if (!values.check) io.write(absolute, result.text)
    }
  }
  io.stdout(
    `${changed} file${changed === 1 ? '' : 's'} ${values.check ? 'would change' : 'changed'}${values.review ? '' : '; --review also applies fixes that somebody should look at'}\n`,
  )
  if (errors > 0) return ExitCode.Incomplete
  return values.check && changed > 0 ? ExitCode.Findings : ExitCode.Ok
}
