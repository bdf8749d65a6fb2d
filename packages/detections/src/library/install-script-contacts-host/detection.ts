import { defineDetection } from '../../detection.ts'
import { chainWords, isLoopback } from '../../words.ts'
import { isPackageHost } from '../../zones.ts'

export const installScriptContactsHost = defineDetection({
  id: 'install-script-contacts-host',
  title: 'An install script contacted a host that is no package registry',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R05'],
  attack: ['T1195.002', 'T1041'],
  remedy:
    'Read the install script at the end of the process chain. If the host is expected (a vendor that serves prebuilt binaries), allow it for this ' +
    'job; otherwise remove the package and rotate what the job could read.',
  requires: ['network'],

  match(event, job) {
    if ((event.op !== 'connect' && event.op !== 'send') || isLoopback(event.ip) || event.port === 53) return null
    const chain = job.chain(event.process)
    const phase = job.script(event.process)
    if (phase === null) return null
    if (event.domain !== undefined && isPackageHost(event.domain)) return null
    const host = event.domain ?? event.ip
    return {
      message: `While ${phase.tool} was installing packages, ${chainWords(chain)} contacted ${host}:${event.port}.`,
      evidence: {
        ip: event.ip,
        port: event.port,
        exe: event.exe,
        tool: phase.tool,
        ...(event.domain === undefined ? {} : { domain: event.domain }),
        ...(event.outcome === undefined ? {} : { outcome: event.outcome }),
      },
      key: `${host}:${event.port}`,
    }
  },
})
