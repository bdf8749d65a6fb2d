/** Blast radius: how many findings each rule has on the corpus, beside the committed numbers. A rule change shows here. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { analyze, defaultConfig, rules, snapshotResolver, sourceFromBytes } from '@gatehouse/analyzer'
import { outcome, part, skipped, type Bench, type Part } from './outcome.ts'
import { filesBelow, findCorpus } from './scan-corpus.ts'

const NUMBERS = path.join(import.meta.dirname, 'scan-blast.json')

export const blast: Bench = {
  name: 'blast',
  title: 'Findings per rule on the corpus; GATEHOUSE_BLAST=write accepts what is new',
  run({ say }) {
    const corpus = findCorpus()
    if ('missing' in corpus) return Promise.resolve(skipped('blast', 'differences', 0, corpus.missing))
    const folder = path.join(corpus.folder, 'workflows')
    const repositories = Map.groupBy(filesBelow(folder), (file) => file.split('/')[0] ?? '')
    const counts: Record<string, Record<string, number>> = {}
    for (const rule of rules) counts[rule.id] = {}
    let errors = 0
    let files = 0
    for (const [name, list] of repositories) {
      const inputs = list.map((file) => ({
        path: file.slice(name.length + 1),
        file: sourceFromBytes(file, readFileSync(path.join(folder, file))),
      }))
      const analysis = analyze(name, inputs, { rules, config: { ...defaultConfig, level: 'audit' }, resolver: snapshotResolver })
      errors += analysis.errors.length
      files += analysis.files
      for (const finding of analysis.findings) {
        const row = (counts[finding.rule.id] ??= {})
        const key = finding.suppressed ? 'suppressed' : finding.level
        row[key] = (row[key] ?? 0) + 1
      }
      for (const { problem, file } of analysis.errors) say(`${file.path}: ${problem.message}`)
    }
    const text = `${JSON.stringify({ files, errors, counts }, null, 2)}\n`
    const before = existsSync(NUMBERS) ? readFileSync(NUMBERS, 'utf8') : ''
    if (process.env['GATEHOUSE_BLAST'] === 'write') writeFileSync(NUMBERS, text)
    // Safe: this bench wrote the file.
    const old = before === '' ? {} : ((JSON.parse(before) as { counts: typeof counts }).counts ?? {})
    let differences = 0
    const parts: Part[] = []
    for (const [rule, row] of Object.entries(counts)) {
      const changed = JSON.stringify(row) !== JSON.stringify(old[rule] ?? {})
      if (changed && process.env['GATEHOUSE_BLAST'] !== 'write') {
        differences++
        say(`${rule}: ${JSON.stringify(old[rule] ?? {})} → ${JSON.stringify(row)}`)
      }
      parts.push(
        part(
          rule,
          Object.values(row).reduce((sum, one) => sum + one, 0),
          'findings',
          null,
        ),
      )
    }
    parts.push(part('places that could not be analysed', errors, 'places', 0), part('files', files, 'files', null))
    const main = part('rules whose findings differ from the committed numbers', differences, 'rules', 0)
    return Promise.resolve(outcome('blast', main, [main, ...parts]))
  },
}
