import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isPackageHost } from '../../zones.ts'
import { isGitHubApi } from '../../hosts.ts'

const PUBLISHES =
  /(?:^|\/)(?:npm|pnpm|yarn|bun|lerna|npm-cli\.js|pnpm\.cjs|yarn\.js)(?: \S+){0,3} (?:publish|unpublish)\b|(?:^|\/)twine upload\b|(?:^|\/)(?:cargo|poetry|uv|flit|hatch|mvn|gem|nuget|dotnet nuget|docker|podman)(?: \S+){0,2} (?:publish|push|deploy)\b/

export const packagePublishedByInstall = defineDetection({
  id: 'package-published-by-install',
  title: 'A package was published while packages were being installed',
  severity: 'critical',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R23', 'S-12'],
  attack: ['T1195.002'],
  remedy: 'Unpublish it and revoke the registry token. This is how worms spread from one maintainer to the next.',
  requires: ['process', 'http'],

  match(event, job) {
    const phase = job.script(event.process)
    let what: string
    if (event.kind === 'process') {
      const words = event.op === 'exec' ? (event.argv ?? []).slice(0, 8).join(' ') : ''
      if (!PUBLISHES.test(words)) return null
      // The publishing command is itself below the installer, even when it forks a manager again.
      what = `ran ${words}`
    } else {
      if (event.method !== 'PUT' || !isPackageHost(event.host) || isGitHubApi(event.host)) return null
      what = `put ${event.path} to ${event.host}`
    }
    const installer =
      phase ??
      job
        .chain(event.process)
        .slice(1)
        .map(({ process }) => job.script(process))
        .find((found) => found !== null) ??
      null
    if (installer === null) return null
    return {
      message: `While ${installer.tool} was installing packages, ${actorWords(job, event)} ${what}.`,
      evidence: { what: what.slice(0, 1_024), exe: event.exe, tool: installer.tool },
      key: what.slice(0, 128),
    }
  },
})
