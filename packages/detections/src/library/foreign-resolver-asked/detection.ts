import { defineDetection } from '../../detection.ts'
import { actorWords, isLocalNetwork, isLoopback } from '../../words.ts'
import { isTool } from '../../programs.ts'
import { isPublicResolver } from '../../hosts.ts'

interface Seen {
  usual: string | undefined
}

export const foreignResolverAsked = defineDetection({
  id: 'foreign-resolver-asked',
  title: 'A process asked a DNS server that the job does not use',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R18', 'S-07', 'S-25'],
  attack: ['T1071.004', 'T1090'],
  remedy: "Names asked there are not filtered and not logged by your resolver. Let the build use the machine's resolver only.",
  requires: ['network', 'dns'],

  start: (): Seen => ({ usual: undefined }),

  match(event, job, seen) {
    const server = event.kind === 'dns' ? event.server : event.ip
    if (event.kind === 'network' && (event.port !== 53 || event.op === 'close' || event.op === 'listen')) return null
    const argv = job.process(event.process)?.argv ?? []
    if (isLoopback(server) || isTool(event.exe, argv, 'dns-client')) return null
    // The first server of a job is the configured one, unless code of a package asks it.
    if (seen.usual === undefined && job.script(event.process) === null) seen.usual = server
    if (server === seen.usual || isLocalNetwork(server)) return null
    if (!isPublicResolver(server) && job.script(event.process) === null) return null
    return {
      message: `${actorWords(job, event)} asked the DNS server ${server}, which is not the job's.`,
      evidence: { server, exe: event.exe, ...(event.kind === 'dns' ? { name: event.name } : {}) },
      key: server,
    }
  },
})
