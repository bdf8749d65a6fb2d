/** The labelled lines of published vulnerabilities: how many cases are found wholly. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { analyze, defaultConfig, positionAt, rules, snapshotResolver, sourceFromBytes } from '@gatehouse/analyzer'
import { outcome, part, skipped, type Bench } from './outcome.ts'
import { filesBelow, findCorpus } from './scan-corpus.ts'

interface Label {
  readonly path: string
  readonly class: string
  readonly lines: readonly number[]
}

/** Lines beside a labelled one count, as the labels' own description says. */
const TOLERANCE = 1

export const vulnerable: Bench = {
  name: 'vulnerable',
  title: 'Labelled lines of published vulnerabilities, found at level audit in the place or the explanation of a finding',
  run({ say }) {
    const corpus = findCorpus()
    if ('missing' in corpus) return Promise.resolve(skipped('vulnerable', 'cases', 4, corpus.missing))
    const folder = path.join(corpus.folder, 'vulnerable')
    let incomplete = 0
    let fooled = 0
    let lines = 0
    let missed = 0
    for (const id of readdirSync(folder).sort()) {
      // Safe: the corpus is ours, and its README states the shape.
      const label = JSON.parse(readFileSync(path.join(folder, id, 'label.json'), 'utf8')) as Label
      const base = path.join(folder, id, 'vulnerable')
      const files = filesBelow(base).map((file) => ({ path: file, file: sourceFromBytes(file, readFileSync(path.join(base, file))) }))
      const { findings } = analyze(id, files, { rules, config: { ...defaultConfig, level: 'audit' }, resolver: snapshotResolver })
      const seen = new Set<number>()
      for (const finding of findings) {
        for (const place of [finding.location, ...finding.trace]) {
          if (place.file.path !== label.path) continue
          const first = positionAt(place.file, place.range.start).line
          // A finding on a whole block must not count for all its lines.
          const last = Math.min(first + 3, positionAt(place.file, Math.max(place.range.start, place.range.end - 1)).line)
          for (let line = first - TOLERANCE; line <= last + TOLERANCE; line++) seen.add(line)
        }
      }
      // A trap: it looks like the others and is safe, so finding it at the default level would be the mistake.
      if (label.class === 'safe-lookalike') {
        const wrong = findings.filter(
          (finding) =>
            finding.level === 'default' &&
            (finding.rule.id === 'untrusted-checkout' || finding.rule.id === 'template-injection') &&
            finding.severity !== 'low',
        )
        if (wrong.length > 0) {
          fooled++
          say(`${id}: safe, and reported by ${wrong.map((finding) => finding.rule.id).join(', ')}`)
        }
        continue
      }
      const missing = label.lines.filter((line) => !seen.has(line))
      lines += label.lines.length
      missed += missing.length
      if (missing.length > 0) {
        incomplete++
        say(`${id} (${label.class}): not found: ${missing.join(', ')}`)
      }
    }
    const main = part('cases with a labelled line that is not found', incomplete, 'cases', 4)
    return Promise.resolve(
      outcome('vulnerable', main, [
        main,
        part('safe lookalikes reported', fooled, 'cases', 0),
        part('labelled lines', lines, 'lines', null),
        part('of them not found', missed, 'lines', null),
      ]),
    )
  },
}
