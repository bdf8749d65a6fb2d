import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'
import { isActionsService } from '../../hosts.ts'

const SERVICE = /^\/twirp\/github\.actions\.results\.api\.|^\/(?:_apis\/)?artifactcache\//
const USERS =
  /^(?:sccache|buildkitd|buildctl|docker-buildx|docker|turbo|nx|bazel|gradle|java|ccache|nix|cachix|attic|moon|magic-nix-cache)$/

export const cacheServiceFromScript = defineDetection({
  id: 'cache-service-from-script',
  title: 'A shell step used the cache or artifact service',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R22', 'S-17'],
  attack: ['T1528'],
  remedy: 'Shell steps do not get the token for it, so see where it came from. Tools that cache through GitHub are handed it on purpose.',
  requires: ['http'],

  match(event, job) {
    if (!isActionsService(event.host) || !SERVICE.test(event.path) || job.step(event.step)?.kind !== 'run') return null
    if (job.chain(event.process).some(({ exe }) => USERS.test(baseName(exe)))) return null
    return {
      message: `${actorWords(job, event)} used the cache or artifact service from a shell step.`,
      evidence: { host: event.host, path: event.path, method: event.method, exe: event.exe },
      key: event.path,
    }
  },
})
