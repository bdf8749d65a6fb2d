import { earlier, input, fileOf, type Step } from '../../model/types.ts'
import { booleanOf, isScalar, sourceRange } from '../../yaml/tree.ts'
import { defineRule, type TraceStep } from '../../rule.ts'

export const secretInArtifact = defineRule({
  id: 'secret-in-artifact',
  title: 'Credentials are uploaded with an artifact',
  severity: 'high',
  confidence: 'medium',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D11'],
  cwe: ['CWE-538', 'CWE-312'],
  cicd: ['CICD-SEC-6', 'CICD-SEC-10'],
  attack: ['T1552.001'],
  fix: 'none',

  *step(step) {
    if (step.uses?.action !== 'actions/upload-artifact') return
    const path = input(step.with, 'path')
    if (!path) return
    const hidden = takesHidden(step)
    let offset = 0
    for (const line of path.value.split('\n')) {
      const at = line.trim() === '' ? path : sourceRange(path, offset + line.indexOf(line.trim()), offset + line.trimEnd().length)
      offset += line.length + 1
      const what = line.trim()
      if (what === '' || what.startsWith('!')) continue
      const credential = CREDENTIALS.find(({ pattern }) => pattern.test(what))
      if (credential) {
        yield { at, message: `\`${what}\` holds ${credential.holds}; whoever can read the repository can download it.` }
        continue
      }
      const checkout = [...earlier(step)].reverse().find((other) => holdsToken(other, what))
      if (!checkout) continue
      if (path.value.split('\n').some((other) => /^!.*\.git(?:\/|$)/.test(other.trim()))) continue
      const trace: TraceStep[] = checkout.uses
        ? [{ role: 'source', message: 'stores the job token in .git/config', file: fileOf(step), range: checkout.uses.node }]
        : []
      yield {
        at,
        severity: hidden ? 'high' : 'low',
        level: hidden ? 'default' : 'strict',
        message: hidden
          ? `\`${what}\` takes \`.git/config\` along, in which checkout has stored the job token; whoever downloads the artifact before the job ends can use it.`
          : `\`${what}\` is the folder whose \`.git/config\` holds the job token. Only the default of this version, to leave hidden files out, keeps it out of the artifact.`,
        trace,
      }
    }
  },
})

const CREDENTIALS: readonly { readonly pattern: RegExp; readonly holds: string }[] = [
  { pattern: /(?:^|\/)\.git(?:\/(?:config|\*{1,2})?)?$/, holds: 'the configuration of git, in which checkout stores the job token' },
  { pattern: /(?:^|\/)\.(?:npmrc|yarnrc|pypirc|netrc|git-credentials|dockercfg)$/, holds: 'credentials' },
  { pattern: /(?:^|\/)\.docker(?:\/config\.json|\/)?$/, holds: 'the passwords of registries' },
  { pattern: /(?:^|\/)\.(?:aws|azure|kube|ssh|gnupg)(?:\/.*)?$/, holds: 'credentials' },
  { pattern: /(?:^|\/)\.env(?:\.(?:local|production|prod|staging))?$/, holds: 'the environment, where secrets are kept' },
  { pattern: /(?:^|\/)(?:id_rsa|id_ed25519|id_ecdsa|gha-creds-[^/]*\.json|credentials\.json|service[-_]account\.json)$/, holds: 'a key' },
]

/** Since 4.4 (and 3.2) hidden files are left out unless asked for; a commit tells nothing, and most are recent. */
function takesHidden(step: Step): boolean {
  if (booleanOf(step.with.entries.get('include-hidden-files')?.value) === true) return true
  const [, major = '', minor] = /^v?(\d+)(?:\.(\d+))?/.exec(versionOf(step)) ?? []
  if (major === '') return false
  if (Number(major) < 3) return true
  if (minor === undefined) return false
  return (Number(major) === 4 && Number(minor) < 4) || (Number(major) === 3 && Number(minor) < 2)
}

/** The tag, or the version in the comment behind a commit. */
function versionOf(step: Step): string {
  const { uses } = step
  if (!uses) return ''
  if (!/^[0-9a-f]{40}$/i.test(uses.ref)) return uses.ref
  const file = fileOf(step)
  const end = file.text.indexOf('\n', uses.node.end)
  return /#\s*(v?\d[\w.]*)/.exec(file.text.slice(uses.node.end, end === -1 ? undefined : end))?.[1] ?? ''
}

/** Whether a step checked out into the folder `path` or below it, and left the token there. */
function holdsToken(step: Step, path: string): boolean {
  const { uses } = step
  if (uses?.action !== 'actions/checkout') return false
  if (booleanOf(step.with.entries.get('persist-credentials')?.value) === false) return false
  // Since v6 the token lies outside of the working tree.
  const major = /^v(\d+)/.exec(versionOf(step))?.[1]
  if (major !== undefined && Number(major) >= 6) return false
  const target = step.with.entries.get('path')?.value
  const folder = normal(isScalar(target) ? target.value : '')
  const uploaded = normal(path)
  return uploaded === '' || uploaded === '..' || uploaded === folder
}

/** A folder relative to the workspace: empty for the workspace itself. */
function normal(path: string): string {
  return path
    .trim()
    .replace(/^\$\{\{\s*github\.workspace\s*\}\}|^\$GITHUB_WORKSPACE|^\$\{GITHUB_WORKSPACE\}/, '.')
    .replace(/\/\*{1,2}(?:\/\*)?$/, '')
    .replace(/^\*{1,2}(?:\/\*)?$/, '')
    .replace(/^(?:\.\/+)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '')
}
