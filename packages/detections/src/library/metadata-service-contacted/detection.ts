import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool } from '../../programs.ts'
import { isMetadataAddress, isMetadataHost } from '../../hosts.ts'

export const metadataServiceContacted = defineDetection({
  id: 'metadata-service-contacted',
  title: "A build step asked the cloud's metadata service",
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R09', 'S-12'],
  attack: ['T1552.005'],
  remedy:
    "If the step does not need the machine's own credentials, block the address for it; on self-hosted runners in a cloud give the machine a role that can do nothing.",
  requires: ['network', 'dns', 'http'],

  match(event, job) {
    if (
      event.kind === 'dns'
        ? !isMetadataHost(event.name)
        : event.kind === 'http'
          ? !isMetadataHost(event.host) && !isMetadataAddress(event.ip ?? event.host)
          : !isMetadataAddress(event.ip)
    )
      return null
    // The address that serves credentials on one cloud is the resolver on another.
    if (event.kind === 'network' && (event.port === 53 || event.op === 'listen' || event.op === 'close')) return null
    if (event.step === 0 || isTool(event.exe, job.process(event.process)?.argv ?? [], 'cloud-client')) return null
    const target = event.kind === 'dns' ? event.name : event.kind === 'http' ? event.host : event.ip
    return {
      message: `${actorWords(job, event)} asked ${target}, where the cloud hands out the machine's credentials.`,
      evidence: { target, exe: event.exe },
      key: String(job.process(event.process)?.tree ?? event.process),
    }
  },
})
