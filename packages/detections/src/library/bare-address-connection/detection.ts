import { defineDetection } from '../../detection.ts'
import { baseName, chainWords, isLocalNetwork, isLoopback } from '../../words.ts'

export const bareAddressConnection = defineDetection({
  id: 'bare-address-connection',
  title: 'A connection to an address that no DNS answer named',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R19'],
  attack: ['T1095'],
  remedy: 'Builds talk to names. Find out whose address this is; if it belongs to your own infrastructure, allow it for this job.',
  requires: ['network'],

  match(event, job) {
    if (event.op !== 'connect' || !event.flags?.includes('no-dns') || isLoopback(event.ip) || isLocalNetwork(event.ip)) return null
    const chain = job.chain(event.process)
    return {
      message: `${chainWords(chain) || baseName(event.exe)} connected to ${event.ip}:${event.port} without asking DNS for it.`,
      evidence: { ip: event.ip, port: event.port, exe: event.exe, ...(event.outcome === undefined ? {} : { outcome: event.outcome }) },
      key: `${event.ip}:${event.port}`,
    }
  },
})
