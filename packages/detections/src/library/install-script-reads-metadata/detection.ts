import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isMetadataAddress } from '../../hosts.ts'

export const installScriptReadsMetadata = defineDetection({
  id: 'install-script-reads-metadata',
  title: "An install script asked the cloud's metadata service",
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R09', 'S-12'],
  attack: ['T1552.005'],
  remedy:
    "Remove the package at the end of the chain and revoke the machine's role. No package needs the credentials of the machine that installs it.",
  requires: ['network'],

  match(event, job) {
    if (event.op === 'listen' || event.op === 'close' || event.port === 53 || !isMetadataAddress(event.ip)) return null
    const phase = job.script(event.process)
    if (phase === null) return null
    return {
      message: `While ${phase.tool} was installing packages, ${actorWords(job, event)} asked ${event.ip}, where the cloud hands out the machine's credentials.`,
      evidence: { ip: event.ip, port: event.port, exe: event.exe, tool: phase.tool },
      key: event.ip,
    }
  },
})
