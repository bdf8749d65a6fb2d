import { holdingsOf } from '../../flow/exposure.ts'
import { secretsOf } from '../../flow/secrets.ts'
import { input, type Step } from '../../model/types.ts'
import { commandsOf, programOf, type Command } from '../../shell/index.ts'
import { isScalar, sourceRange } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const trustedPublishing = defineRule({
  id: 'trusted-publishing',
  title: 'A package is published with a token that never expires',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D15'],
  cwe: ['CWE-522', 'CWE-324'],
  cicd: ['CICD-SEC-2', 'CICD-SEC-6'],
  attack: ['T1552'],
  fix: 'none',

  *step(step) {
    const { uses, run } = step
    if (uses) {
      const shape = ACTIONS.get(uses.action)
      const token = shape && input(step.with, shape.token)
      if (!shape || !token || secretsOf(token).length === 0) return
      const elsewhere = shape.registry.map((name) => input(step.with, name)).find((value) => value !== undefined)
      if (elsewhere && !PUBLIC_REGISTRY.test(elsewhere.value)) return
      yield { at: token, message: messageFor(shape.where, secretsOf(token)[0] ?? '') }
      return
    }
    if (!run) return
    for (const command of commandsOf(step)) {
      const found = publishing(command)
      if (!found || goesElsewhere(command, step)) continue
      const token = tokenFor(step, found, command)
      const at = sourceRange(run, command.start, command.end)
      if (token !== undefined) yield { at, message: messageFor(found.where, token) }
      // Without a token in sight it may lie in a file, unless the job can ask for an identity token.
      else if (step.job && !holdingsOf(step.job).oidc) {
        yield {
          at,
          confidence: 'low',
          level: 'strict',
          severity: 'info',
          message: `This publishes to ${found.where} without asking for an identity token, so with a token that is stored somewhere.`,
        }
      }
    }
  },
})

function messageFor(where: string, secret: string): string {
  return `${where} takes identity tokens, which are made for one run and tied to this workflow. \`${secret}\` is valid until somebody withdraws it, from anywhere.`
}

const ACTIONS: ReadonlyMap<string, { readonly token: string; readonly registry: readonly string[]; readonly where: string }> = new Map([
  ['pypa/gh-action-pypi-publish', { token: 'password', registry: ['repository-url', 'repository_url'], where: 'PyPI' }],
  ['js-devtools/npm-publish', { token: 'token', registry: ['registry'], where: 'npm' }],
  ['rubygems/configure-rubygems-credentials', { token: 'api-token', registry: [], where: 'RubyGems' }],
  ['katyo/publish-crates', { token: 'registry-token', registry: ['registry'], where: 'crates.io' }],
])

const PUBLIC_REGISTRY = /^https?:\/\/(?:upload\.|test\.|registry\.|www\.|api\.)?(?:pypi|npmjs|rubygems|crates|nuget)\.(?:org|io)\b/i

interface Publisher {
  readonly where: string
  /** Names of variables and options that carry its token. */
  readonly variables: RegExp
}

const PYPI: Publisher = { where: 'PyPI', variables: /TWINE_PASSWORD|(?:UV|HATCH|PDM|POETRY|FLIT|PYPI).*(?:TOKEN|PASSWORD|AUTH)|PYPI_/i }
const NPM: Publisher = {
  where: 'npm',
  variables: /^(?:NODE_AUTH_TOKEN|NPM_(?:AUTH_?|CONFIG_.*)?TOKEN|NPM_CONFIG_.*|YARN_NPM_AUTH_TOKEN|NPM_AUTH.*|NPM_.*TOKEN.*)$/i,
}
const GEMS: Publisher = { where: 'RubyGems', variables: /^(?:GEM_HOST_API_KEY|RUBYGEMS?_.*)$/i }
const CRATES: Publisher = { where: 'crates.io', variables: /^(?:CARGO_REGISTRY_TOKEN|CRATES_.*TOKEN|CARGO_.*TOKEN)$/i }
const NUGET: Publisher = { where: 'NuGet', variables: /NUGET.*(?:KEY|TOKEN)/i }

function publishing(command: Command): Publisher | undefined {
  const { program, args } = programOf(command)
  const words = args.map((arg) => arg.text)
  if (words.some((word) => /^--dry-?run$|^-n$|^--help$/.test(word))) return undefined
  const [first, second, third] = words.filter((word) => !word.startsWith('-'))
  switch (program) {
    case 'npm':
    case 'pnpm':
    case 'bun':
      return first === 'publish' ? NPM : undefined
    case 'yarn':
      return first === 'publish' || (first === 'npm' && second === 'publish') ? NPM : undefined
    case 'twine':
      return first === 'upload' ? PYPI : undefined
    case 'python':
    case 'python3':
      return words[0] === '-m' && first === 'twine' && second === 'upload' ? PYPI : undefined
    case 'pipx':
    case 'uvx':
      return program === 'pipx'
        ? first === 'run' && second === 'twine' && third === 'upload'
          ? PYPI
          : undefined
        : first === 'twine' && second === 'upload'
          ? PYPI
          : undefined
    case 'uv':
    case 'hatch':
    case 'pdm':
    case 'poetry':
    case 'flit':
      return first === 'publish' ? PYPI : undefined
    case 'gem':
      return first === 'push' ? GEMS : undefined
    case 'cargo':
      return first === 'publish' ? CRATES : undefined
    case 'dotnet':
      return first === 'nuget' && second === 'push' ? NUGET : undefined
    case 'nuget':
      return first === 'push' ? NUGET : undefined
    default:
      return undefined
  }
}

/** Other registries have their own rules. */
function goesElsewhere(command: Command, step: Step): boolean {
  const { words } = command
  for (const [at, word] of words.entries()) {
    const [name = '', given] = word.text.split('=', 2)
    if (!/^(?:--registry|--repository-url|--publish-url|--host|--source|--index|--repository|--repo|-s|-r|--index-url)$/.test(name))
      continue
    const value = given ?? words[at + 1]?.text ?? ''
    // A name or a variable tells nothing but that it is not the default; `pypi` and `testpypi` are.
    if (!PUBLIC_REGISTRY.test(value.replace(/^["']/, '')) && !/^(?:test)?pypi$/.test(value)) return true
  }
  // setup-node decides where npm goes.
  const setup = step.siblings.slice(0, step.index).findLast((other) => other.uses?.action === 'actions/setup-node')
  const registry = setup && input(setup.with, 'registry-url')
  return registry !== undefined && !PUBLIC_REGISTRY.test(registry.value) && /^(?:npm|pnpm|yarn|bun)$/.test(programOf(command).program)
}

/** The secret that a publishing command uses, as far as it is in sight. */
function tokenFor(step: Step, { variables }: Publisher, command: Command): string | undefined {
  for (const env of [step.env, step.job?.env, step.job?.workflow.env]) {
    for (const [name, { value }] of env?.variables ?? []) {
      if (!isScalar(value)) continue
      const used = command.words.some((word) => word.parts.some((part) => part.kind === 'variable' && part.name === name))
      if (!variables.test(name) && !used) continue
      const [secret] = secretsOf(value)
      // The job token publishes to GitHub's own registry.
      if (secret !== undefined && secret !== 'GITHUB_TOKEN') return secret
    }
  }
  const { run } = step
  if (!run) return undefined
  return /secrets\.([A-Za-z_]\w*)/.exec(command.words.map((word) => word.text).join(' '))?.[1]
}
