import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool } from '../../programs.ts'
import { isPublicResolver, isEncryptedDnsHost } from '../../hosts.ts'

export const encryptedDnsUsed = defineDetection({
  id: 'encrypted-dns-used',
  title: 'A process asked names over an encrypted channel',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R18'],
  attack: ['T1071.004', 'T1572'],
  remedy: 'Such questions pass every DNS filter. Turn it off in the tool, or allow the resolver on purpose.',
  requires: ['network', 'http'],

  match(event, job) {
    const host = event.kind === 'http' ? event.host : event.domain
    const dns =
      event.kind === 'http'
        ? event.path === '/dns-query' || (event.path === '/resolve' && isEncryptedDnsHost(event.host))
        : (event.op === 'connect' || event.op === 'send') &&
          (event.port === 853 || (event.port === 443 && ((host !== undefined && isEncryptedDnsHost(host)) || isPublicResolver(event.ip))))
    if (!dns) return null
    const argv = job.process(event.process)?.argv ?? []
    if (isTool(event.exe, argv, 'browser') || isTool(event.exe, argv, 'dns-client')) return null
    const server = host ?? event.ip ?? ''
    return {
      message: `${actorWords(job, event)} asked ${server} for names over an encrypted channel.`,
      evidence: { server, exe: event.exe, ...(event.port === undefined ? {} : { port: event.port }) },
      key: server,
    }
  },
})
