import { booleanOf, isNull } from '../../yaml/tree.ts'
import { removeEntry } from '../../fix/edit.ts'
import { fileOf, type Step } from '../../model/types.ts'
import { isMap } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const broadAppToken = defineRule({
  id: 'broad-app-token',
  title: 'The token of a GitHub App may do more than it needs',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D14'],
  cwe: ['CWE-272', 'CWE-613'],
  cicd: ['CICD-SEC-5', 'CICD-SEC-6'],
  attack: ['T1078.004'],
  fix: 'review',

  *step(step) {
    const { uses } = step
    const shape = uses && TOKEN_ACTIONS.get(uses.action)
    if (!uses || !shape) return
    const { entries } = step.with
    const keep = entries.get(shape.keep.input)
    if (keep && booleanOf(keep.value) === shape.keep.value) {
      yield {
        at: { start: keep.key.start, end: keep.value.end },
        message: 'The token stays valid for an hour after the job: whoever finds it in a log or an artifact can use it.',
        fix: () => fixFor(step, keep.key.value),
      }
    }
    const owner = entries.get('owner')
    const repositories = entries.get('repositories')
    if (shape.byOwner ? owner && !isNull(owner.value) && !repositories : !repositories) {
      yield {
        at: owner ? { start: owner.key.start, end: owner.value.end } : uses.node,
        // Whoever names an owner asks for more than this repository.
        severity: owner ? 'high' : 'medium',
        message: 'The token reaches every repository in which the app is installed. Name those that it is for under `repositories`.',
      }
      // Where the step itself is the place, the next finding would say the same again.
      if (!owner) return
    }
    if (![...entries.keys()].some((name) => name === 'permissions' || name.startsWith('permission-'))) {
      yield { at: uses.node, message: `The token may do all that the app may do. Name what it is for, such as \`${shape.example}\`.` }
    }
  },
})

interface Shape {
  /** Input, and its value, that leaves the token valid. */
  readonly keep: { readonly input: string; readonly value: boolean }
  /** Whether the token is for this repository alone unless `owner` is given. */
  readonly byOwner: boolean
  readonly example: string
}

/** Source: the README of each action. */
const TOKEN_ACTIONS: ReadonlyMap<string, Shape> = new Map([
  [
    'peter-murray/workflow-application-token-action',
    { keep: { input: 'revoke_token', value: false }, byOwner: true, example: 'permissions: "contents:read"' },
  ],
  [
    'actions/create-github-app-token',
    { keep: { input: 'skip-token-revoke', value: true }, byOwner: true, example: 'permission-contents: read' },
  ],
  [
    'tibdex/github-app-token',
    { keep: { input: 'revoke', value: false }, byOwner: false, example: 'permissions: \'{"contents": "read"}\'' },
  ],
])

function fixFor(step: Step, name: string) {
  const { node } = step.with
  const edits = isMap(node) ? removeEntry(fileOf(step), node, name) : []
  if (edits.length === 0) return { refused: 'The input stands in a form that has to be changed by hand.' }
  return {
    safety: 'review',
    title: 'Let the action revoke the token',
    caution: 'Another job that was handed this token could no longer use it.',
    edits,
  } as const
}
