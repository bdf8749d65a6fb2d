import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'
import { isTool } from '../../programs.ts'

const FLUSH =
  /^(?:(?:-w\s+)?(?:-t\s+\w+\s+)?(?:-F|--flush|-X|--delete-chain)(?:\s+(?:INPUT|OUTPUT|FORWARD|DOCKER-USER))?|.*(?:-P|--policy)\s+(?:OUTPUT|FORWARD)\s+ACCEPT.*|.*(?:-D|--delete)\s+(?:OUTPUT|DOCKER-USER)\b.*)$/

export const firewallDisabled = defineDetection({
  id: 'firewall-disabled',
  title: 'The firewall was flushed or switched off',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R13', 'S-14'],
  attack: ['T1562.004'],
  remedy: 'Assume that later connections of the job were not filtered. Look at them, and at who did this.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec' || event.argv === undefined) return null
    const [name = '', ...rest] = event.argv
    const tool = baseName(name)
    const words = rest.slice(0, 16).join(' ')
    const off =
      (/^(?:ip6?tables(?:-nft|-legacy)?|xtables-nft-multi)$/.test(tool) && FLUSH.test(words)) ||
      (tool === 'nft' && /^flush\s+ruleset\b|^delete\s+table\b/.test(words)) ||
      (tool === 'ufw' && /^(?:--force\s+)?(?:disable|reset)\b/.test(words)) ||
      (tool === 'systemctl' && /\b(?:stop|disable|mask)\b.*\b(?:firewalld|nftables|ufw|iptables)\b/.test(words))
    if (!off || job.chain(event.process).some((link) => isTool(link.exe, link.argv, 'container-runtime'))) return null
    return {
      message: `${actorWords(job, event)} switched filtering off.`,
      evidence: { command: `${tool} ${words}`.slice(0, 1_024) },
      key: words,
    }
  },
})
