import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { packageOf, writtenPath } from '../../files.ts'

export const packageChangesAnother = defineDetection({
  id: 'package-changes-another',
  title: 'A package wrote into another package',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['S-01'],
  attack: ['T1195.001', 'T1565.001'],
  remedy: 'Install the other package again and compare. What is built from it is not what its authors published.',
  requires: ['file'],

  match(event, job) {
    const path = event.op === 'unlink' ? null : writtenPath(event)
    const target = path === null ? null : packageOf(path)
    if (path === null || target === null || job.script(event.process) === null || path.includes('/.cache/')) return null
    const chain = job.chain(event.process)
    // The lifecycle script runs in the folder of its package; the project's own scripts run outside.
    const home = chain.find(({ cwd }) => cwd !== undefined && packageOf(`${cwd}/x`) !== null)?.cwd
    const own = home === undefined ? null : packageOf(`${home}/x`)
    if (home === undefined || own === null || own === target || path.startsWith(`${home}/`)) return null
    // A package and its platform parts share a scope: they are one product.
    if (
      target.startsWith(`@${own}/`) ||
      (own.startsWith('@') && own.split('/')[0] === target.split('/')[0]) ||
      own.replace(/^@/, '').split('/')[0] === target.replace(/^@/, '').split('/')[0]
    )
      return null
    return {
      message: `The install script of ${own} (${actorWords(job, event)}) wrote ${path}, which belongs to ${target}.`,
      evidence: { path, package: own, other: target, exe: event.exe },
      key: `${own} ${target}`,
    }
  },
})
