import { defineDetection } from '../../detection.ts'
import { actorWords, isLocalNetwork, isLoopback } from '../../words.ts'
import { createBoundedMap } from '../../bounded.ts'
import { isPeerBootstrap } from '../../hosts.ts'

const PEERS_MIN = 20

export const peerToPeerTraffic = defineDetection({
  id: 'peer-to-peer-traffic',
  title: 'A process joined a peer-to-peer network',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R18', 'S-28'],
  attack: ['T1095', 'T1071'],
  remedy: 'Malware finds its controllers there. Builds have no peers; find out which program this is.',
  requires: ['network', 'dns'],

  start: () => createBoundedMap<number, Set<string>>(1_000),

  match(event, job, peers) {
    if (event.kind === 'dns') {
      if (!isPeerBootstrap(event.name)) return null
      return {
        message: `${actorWords(job, event)} asked for ${event.name}, where peer-to-peer networks are joined.`,
        evidence: { name: event.name, exe: event.exe },
        key: 'peers',
      }
    }
    if (
      event.op !== 'send' ||
      event.protocol !== 'udp' ||
      event.port < 1_024 ||
      event.flags?.includes('no-dns') !== true ||
      isLocalNetwork(event.ip) ||
      isLoopback(event.ip)
    )
      return null
    const seen = peers.get(event.process) ?? new Set<string>()
    if (seen.size === 0) peers.set(event.process, seen)
    if (seen.size >= PEERS_MIN) return null
    seen.add(event.ip)
    if (seen.size < PEERS_MIN) return null
    return {
      message: `${actorWords(job, event)} sent datagrams to ${seen.size} addresses that no name was asked for.`,
      evidence: { addresses: seen.size, exe: event.exe, example: event.ip },
      key: 'peers',
    }
  },
})
