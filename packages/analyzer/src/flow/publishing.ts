/* Which jobs publish something that others will trust. */
import type { Job, Step } from '../model/types.ts'
import { commandsOf, programOf } from '../shell/index.ts'
import type { Range } from '../source.ts'
import { sourceRange } from '../yaml/tree.ts'

export interface Publishing {
  readonly what: string
  readonly at: Range
  readonly step: Step
}

/** Actions that publish packages, images, pages or releases. */
const PUBLISHERS: ReadonlySet<string> = new Set([
  'pypa/gh-action-pypi-publish',
  'js-devtools/npm-publish',
  'rubygems/release-gem',
  'rubygems/configure-rubygems-credentials',
  'softprops/action-gh-release',
  'ncipollo/release-action',
  'svenstaro/upload-release-action',
  'release-drafter/release-drafter',
  'goreleaser/goreleaser-action',
  'docker/build-push-action',
  'redhat-actions/push-to-registry',
  'helm/chart-releaser-action',
  'katyo/publish-crates',
  'rust-lang/crates-io-auth-action',
  'cycjimmy/semantic-release-action',
  'changesets/action',
  'actions/create-release',
  'marvinpinto/action-automatic-releases',
  'elgohr/publish-docker-github-action',
  'macbre/push-to-ghcr',
  'peaceiris/actions-gh-pages',
  'jamesives/github-pages-deploy-action',
  'actions/deploy-pages',
  'spenserblack/publish-vscode',
  'haaleo/publish-vscode-extension',
  'googleapis/release-please-action',
  'google-github-actions/release-please-action',
  'manusa/actions-publish-docker',
  'mr-smithers-excellent/docker-build-push',
  'openzim/docker-publish-action',
  'taiki-e/upload-rust-binary-action',
])

/** What a job publishes, and where; undefined when nothing. */
export function publishes(job: Job): Publishing | undefined {
  for (const step of job.steps) {
    const found = publishesIn(step)
    if (found) return found
  }
  return undefined
}

function publishesIn(step: Step): Publishing | undefined {
  if (step.uses) {
    const { action } = step.uses
    if (!PUBLISHERS.has(action)) return undefined
    if (action === 'docker/build-push-action') {
      const push = step.with.entries.get('push')?.value
      if (push?.kind !== 'scalar' || push.value === 'false') return undefined
    }
    return { what: `\`${step.uses.text}\` publishes`, at: step.uses.node, step }
  }
  const { run } = step
  if (!run) return undefined
  for (const command of commandsOf(step)) {
    const { program, args } = programOf(command)
    const words = args.map((arg) => arg.text)
    if (publishingCommand(program, words))
      return { what: `\`${[program, ...words.slice(0, 2)].join(' ')}\` publishes`, at: sourceRange(run, command.start, command.end), step }
  }
  return undefined
}

/** Whether a command line publishes; dry runs do not. */
function publishingCommand(program: string, words: readonly string[]): boolean {
  if (words.some((word) => /^--dry-?run$|^-n$/.test(word))) return false
  const [first, second] = words.filter((word) => !word.startsWith('-'))
  switch (program) {
    case 'npm':
    case 'pnpm':
    case 'yarn':
    case 'bun':
    case 'cargo':
    case 'uv':
    case 'poetry':
    case 'hatch':
    case 'pdm':
    case 'flit':
    case 'lerna':
    case 'vsce':
    case 'ovsx':
    case 'mvn':
      return first === 'publish' || first === 'deploy' || (first === 'npm' && second === 'publish')
    case 'twine':
      return first === 'upload'
    case 'gem':
      return first === 'push'
    case 'dotnet':
      return first === 'nuget' && second === 'push'
    case 'nuget':
      return first === 'push'
    case 'docker':
    case 'podman':
      return first === 'push' || words.includes('--push')
    case 'helm':
      return first === 'push'
    case 'goreleaser':
      return first === 'release' && !words.includes('--snapshot')
    case 'gh':
      return first === 'release' && (second === 'create' || second === 'upload')
    case 'semantic-release':
      return true
    case 'npx':
      return first === 'semantic-release' || first === 'release-it'
    default:
      return false
  }
}
