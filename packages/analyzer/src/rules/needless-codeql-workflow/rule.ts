import { input } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'

export const needlessCodeqlWorkflow = defineRule({
  id: 'needless-codeql-workflow',
  title: 'A CodeQL workflow that does what the default set-up does',
  severity: 'info',
  confidence: 'medium',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F13'],
  cwe: ['CWE-1164'],
  cicd: ['CICD-SEC-7'],
  fix: 'none',

  *job(job) {
    const init = job.steps.find((step) => step.uses?.action === 'github/codeql-action/init')
    if (!init?.uses || !job.steps.every((step) => step.uses !== undefined && PLAIN.has(step.uses.action))) return
    // Any of these is a wish that the default set-up may not fulfil.
    if (
      ['config', 'config-file', 'queries', 'packs', 'db-location', 'setup-python-dependencies', 'registries', 'ram', 'threads'].some(
        (name) => init.with.entries.has(name),
      )
    )
      return
    const mode = input(init.with, 'build-mode')?.value
    if (mode === 'manual' || mode?.includes('${{')) return
    if (job.runsOn?.labels.some((label) => !/^ubuntu-(?:latest|\d)/.test(label.value))) return
    yield {
      at: init.uses.node,
      message:
        'Nothing here differs from the default set-up of code scanning, which needs no workflow to be kept up to date, no write permission and no runner of yours.',
    }
  },
})

const PLAIN: ReadonlySet<string> = new Set([
  'actions/checkout',
  'github/codeql-action/init',
  'github/codeql-action/autobuild',
  'github/codeql-action/analyze',
  'step-security/harden-runner',
])
