import { defineDetection } from '../../detection.ts'
import { actorWords, isLocalNetwork, isLoopback } from '../../words.ts'
import { isTool } from '../../programs.ts'
import { isMiningPort } from '../../hosts.ts'

const MINES =
  /stratum\+(?:tcp|ssl|tls|udp)?:?\/\/|\bstratum1?:\/\/|--donate-level\b|--(?:coin|algo)[= ](?:monero|rx\/0|randomx|ethash|kawpow|cn\/)|--randomx-/i

export const minerStarted = defineDetection({
  id: 'miner-started',
  title: 'A cryptocurrency miner was started',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R28', 'S-04'],
  attack: ['T1496'],
  remedy: 'End it and find out who brought it. Somebody else is paid for your machine.',
  requires: ['process', 'network'],

  match(event, job) {
    if (event.kind === 'network') {
      if (event.op !== 'connect' || !isMiningPort(event.port) || isLocalNetwork(event.ip) || isLoopback(event.ip)) return null
      const writer = job.writer({ path: event.exe })
      if (writer === undefined || writer.contact !== 'foreign') return null
      return {
        message: `${actorWords(job, event)}, a program fetched in this job, connected to port ${event.port}, which mining pools use.`,
        evidence: { ip: event.ip, port: event.port, exe: event.exe },
        key: event.exe,
        events: [writer.seq],
      }
    }
    const words = event.op === 'exec' ? (event.argv ?? []).slice(1, 48).join(' ') : ''
    if (!MINES.test(words) || isTool(event.exe, event.argv ?? [], 'git') || /(?:^|\/)(?:grep|rg|sed)$/.test(event.exe)) return null
    return {
      message: `${actorWords(job, event)} was started with the options of a miner.`,
      evidence: { exe: event.exe, argv: words.slice(0, 1_024) },
      key: event.exe,
    }
  },
})
