import { parseImage } from '../../model/uses.ts'
import type { Report } from '../../rule.ts'
import { isScalar, scalarOf, type ScalarNode, type YamlNode } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const unpinnedImage = defineRule({
  id: 'unpinned-image',
  title: 'A container image can change',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E2'],
  cwe: ['CWE-829'],
  cicd: ['CICD-SEC-3'],
  fix: 'none',

  *unit(unit) {
    if (unit.kind === 'workflow') {
      for (const job of unit.jobs) {
        yield* check(imageOf(job.container))
        for (const service of job.services?.entries ?? []) yield* check(imageOf(service.value))
      }
    } else if (unit.kind === 'action' && unit.using?.value === 'docker') {
      const image = scalarOf(unit.runs, 'image')
      if (image?.value.startsWith('docker://')) yield* check(image)
    }
  },
  *uses(uses) {
    if (uses.kind === 'docker') yield* check(uses.node)
  },
})

function imageOf(node: YamlNode | undefined): ScalarNode | undefined {
  return isScalar(node) ? node : scalarOf(node, 'image')
}

function* check(node: ScalarNode | undefined): Generator<Report> {
  const text = node?.value.trim().replace(/^docker:\/\//, '') ?? ''
  if (!node || text === '' || text.includes('${{')) return
  const { tag, digest, name } = parseImage(text)
  if (digest !== '') return
  const moving = tag === '' || tag === 'latest'
  yield {
    at: node,
    severity: moving ? 'medium' : 'low',
    level: moving ? 'default' : 'strict',
    message: `\`${name}${tag === '' ? '' : `:${tag}`}\` is another image whenever its publisher pushes ${tag === '' ? 'it' : 'the tag'} again.`,
  }
}
