import { defineRule } from '../../rule.ts'
import { entryOf } from '../../yaml/tree.ts'

export const dependabotWithoutActions = defineRule({
  id: 'dependabot-without-actions',
  title: 'Dependabot does not keep actions up to date',
  severity: 'low',
  confidence: 'medium',
  level: 'strict',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F8'],
  cwe: ['CWE-1104'],
  cicd: ['CICD-SEC-3'],
  fix: 'none',

  *dependabot(configuration) {
    if (configuration.updates.some((update) => update.ecosystem?.value.trim() === 'github-actions')) return
    // A file without any update only holds registries, or is broken; another tool may be at work then.
    const updates = entryOf(configuration.root, 'updates')
    if (!updates || configuration.updates.length === 0) return
    const { repository } = configuration
    if ([...repository.texts.keys()].some((path) => /(?:^|\/)\.?renovate(?:rc)?(?:\.json5?)?$/.test(path))) return
    const foreign = repository.workflows.some((workflow) =>
      workflow.jobs.some((job) => job.uses?.kind === 'repository' || job.steps.some((step) => step.uses?.kind === 'repository')),
    )
    if (!foreign) return
    yield {
      at: updates.key,
      message:
        'The workflows use actions of others, but no entry here has the ecosystem `github-actions`: pinned actions stay at their old, possibly vulnerable versions.',
    }
  },
})
