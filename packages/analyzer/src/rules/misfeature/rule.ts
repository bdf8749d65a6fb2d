import { defineRule } from '../../rule.ts'

export const misfeature = defineRule({
  id: 'misfeature',
  title: 'A feature that is better not used',
  severity: 'low',
  confidence: 'high',
  level: 'strict',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F4'],
  cwe: ['CWE-1177'],
  cicd: ['CICD-SEC-7'],
  fix: 'none',

  *step(step) {
    if (step.uses?.action === 'actions/setup-python' && step.with.entries.has('pip-install')) {
      const entry = step.with.entries.get('pip-install')
      if (entry)
        yield {
          at: entry.key,
          message: '`pip-install` installs into the global environment, without a lock and past every check of the lock file.',
        }
    }
    const { shellNode, run } = step
    if (!run || !shellNode) return
    if (step.shell === 'cmd')
      yield { at: shellNode, message: '`cmd` expands variables before it reads the line, so no quoting keeps a value from being code.' }
    else if (step.shell === 'unknown' && !shellNode.value.includes('${{'))
      yield {
        at: shellNode,
        level: 'audit',
        message: `The shell \`${shellNode.value.slice(0, 60)}\` is not known here, so what the script does is not checked.`,
      }
  },
  *job(job) {
    if (
      !job.uses &&
      !job.defaultShell &&
      !job.workflow.defaultShell &&
      job.container &&
      job.steps.some((step) => step.run && /\[\[|pipefail|<\(/.test(step.run.value) && !step.shellNode)
    )
      yield {
        at: job.key,
        level: 'audit',
        message: 'In a container without bash scripts run in `sh`, where `[[` and `pipefail` do not exist; name the shell.',
      }
  },
})
