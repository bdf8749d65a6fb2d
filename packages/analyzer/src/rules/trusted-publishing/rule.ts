import { pathOf, references } from '../../expressions/ast.ts'
import { expressionsOf } from '../../expressions/embedded.ts'
import { input, type Step } from '../../model/types.ts'
import { commandsOf, programOf } from '../../shell/index.ts'
import type { Range } from '../../source.ts'
import { isScalar, sourceRange, type ScalarNode } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const trustedPublishing = defineRule({
  id: 'trusted-publishing',
  title: 'A long-lived token publishes a package',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D15'],
  cwe: ['CWE-522', 'CWE-798'],
  cicd: ['CICD-SEC-6', 'CICD-SEC-9'],
  fix: 'none',

  *step(step) {
    const { job } = step
    const found = tokenPublish(step)
    if (!found) return
    yield {
      at: found.at,
      level: job && (job.permissions ?? job.workflow.permissions)?.scopes.get('id-token')?.access === 'write' ? 'strict' : 'default',
      severity: 'low',
      confidence: 'medium',
      message: `${found.what}; the registry would take the job’s own short-lived identity instead (trusted publishing).`,
    }
  },
})

/** Inputs that take a token, of actions that could do without. */
const TOKEN_INPUTS: ReadonlyMap<string, string> = new Map([
  ['pypa/gh-action-pypi-publish', 'password'],
  ['rubygems/configure-rubygems-credentials', 'api-token'],
  ['js-devtools/npm-publish', 'token'],
  ['katyo/publish-crates', 'registry-token'],
])

const COMMANDS: ReadonlyMap<string, RegExp> = new Map([
  ['npm', /^publish$/],
  ['pnpm', /^publish$/],
  ['yarn', /^(?:publish|npm)$/],
  ['cargo', /^publish$/],
  ['twine', /^upload$/],
  ['uv', /^publish$/],
  ['poetry', /^publish$/],
  ['hatch', /^publish$/],
  ['pdm', /^publish$/],
  ['gem', /^push$/],
])

const TOKEN = /NPM|NODE_AUTH|PYPI|TWINE|CARGO|CRATES|RUBYGEMS|GEM_HOST|UV_PUBLISH|POETRY|HATCH|PDM/i

function isSecret(node: ScalarNode | undefined): boolean {
  return (
    node !== undefined &&
    expressionsOf(node).some(
      ({ expression }) =>
        expression !== undefined &&
        references(expression).some((reference) => pathOf(reference)?.[0] === 'secrets' && pathOf(reference)?.[1] !== 'github_token'),
    )
  )
}

function tokenPublish(step: Step): { readonly what: string; readonly at: Range } | undefined {
  const { run, uses } = step
  if (uses) {
    const name = TOKEN_INPUTS.get(uses.action)
    const value = name === undefined ? undefined : input(step.with, name)
    // Another registry may not offer it.
    if (!value || !isSecret(value) || step.with.entries.has('repository-url') || step.with.entries.has('repository_url')) return undefined
    return { what: `\`${uses.action}\` publishes with a long-lived token`, at: value }
  }
  if (!run) return undefined
  const token = [...(step.job?.env.variables ?? []), ...step.env.variables].find(
    ([name, entry]) => TOKEN.test(name) && isScalar(entry.value) && isSecret(entry.value),
  )
  if (!token) return undefined
  for (const command of commandsOf(step)) {
    const { program, args } = programOf(command)
    const first = args.find((arg) => !arg.text.startsWith('-'))?.text ?? ''
    if (COMMANDS.get(program)?.test(first) && !args.some((arg) => /--dry-run|--registry|--repository/.test(arg.text)))
      return {
        what: `\`${program} ${first}\` uses the long-lived token in \`${token[0]}\``,
        at: sourceRange(run, command.start, command.end),
      }
  }
  return undefined
}
