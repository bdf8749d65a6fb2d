import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool } from '../../programs.ts'
import { isGitHubApi } from '../../hosts.ts'

const CREATES = /^(?:\/api\/v3)?\/(?:user\/repos|gists|repos\/[^/]+\/[^/]+\/forks)\/?$/

export const githubRepositoryCreated = defineDetection({
  id: 'github-repository-created',
  title: 'A build created a repository or gist',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R21', 'S-10', 'S-12', 'S-19'],
  attack: ['T1567.001', 'T1528'],
  remedy: 'Look at the repository: stolen data is published there. Delete it, and revoke the token that made it.',
  requires: ['http'],

  match(event, job) {
    if (event.method !== 'POST' || !isGitHubApi(event.host) || !CREATES.test(event.path)) return null
    if (isTool(event.exe, job.process(event.process)?.argv ?? [], 'terraform')) return null
    return {
      message: `${actorWords(job, event)} created ${event.path.endsWith('gists') ? 'a gist' : 'a repository'} on GitHub.`,
      evidence: { host: event.host, path: event.path, exe: event.exe, identity: event.identity ?? 'unknown' },
      key: event.path,
    }
  },
})
