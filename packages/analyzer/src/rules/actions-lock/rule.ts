import { readLock } from '../../model/lock.ts'
import type { Uses } from '../../model/uses.ts'
import type { Workflow } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'

export const actionsLock = defineRule({
  id: 'actions-lock',
  title: 'The lock file of actions does not match',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E20', 'G2'],
  cwe: ['CWE-345'],
  cicd: ['CICD-SEC-3'],
  fix: 'none',

  *repository(repository) {
    const file = repository.texts.get('.github/workflows/actions.lock')
    if (!file) return
    const lock = readLock(file)
    for (const problem of lock.problems) yield { file, at: problem.at, message: problem.message, severity: problem.severity }
    for (const workflow of repository.workflows) {
      const listed = lock.workflows.get(workflow.path)
      if (!listed) continue
      for (const uses of remoteUses(workflow)) {
        const name = `${uses.slug}@${uses.ref}`.toLowerCase()
        if (!listed.has(name))
          yield {
            file: workflow.file,
            at: uses.node,
            message: `\`${uses.text}\` is missing in actions.lock, which covers this workflow: GitHub refuses to start it.`,
          }
      }
    }
  },
})

function remoteUses(workflow: Workflow): Uses[] {
  const all = workflow.jobs.flatMap((job) => [job.uses, ...job.steps.map((step) => step.uses)])
  return all.filter((uses): uses is Uses => uses?.kind === 'repository')
}
