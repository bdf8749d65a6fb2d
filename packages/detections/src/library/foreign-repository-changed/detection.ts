import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isGitHubApi } from '../../hosts.ts'

const CHANGES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const REPOSITORY = /^(?:\/api\/v3)?\/repos\/([^/]+)\/([^/]+)(\/.*)?$/
/** Starting a workflow elsewhere is a usual way to chain builds. */
const CHAINED = /^\/(?:dispatches|actions\/workflows\/[^/]+\/dispatches|statuses\/.*)$/

export const foreignRepositoryChanged = defineDetection({
  id: 'foreign-repository-changed',
  title: 'A build changed a repository of somebody else',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R21', 'S-12'],
  attack: ['T1567.001', 'T1528'],
  remedy: 'Check that the repository is yours and that the token in use was meant for this.',
  requires: ['http'],

  match(event, job) {
    if (!CHANGES.has(event.method) || !isGitHubApi(event.host)) return null
    const [, owner, , rest] = REPOSITORY.exec(event.path) ?? []
    const own = job.announced?.run.repository?.split('/')[0]
    if (owner === undefined || own === undefined || owner.toLowerCase() === own.toLowerCase() || CHAINED.test(rest ?? '')) return null
    return {
      message: `${actorWords(job, event)} changed ${event.path} on GitHub, which is not of ${own}.`,
      evidence: { method: event.method, path: event.path, exe: event.exe, identity: event.identity ?? 'unknown' },
      key: event.path,
    }
  },
})
