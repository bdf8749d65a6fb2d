import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool } from '../../programs.ts'
import { isPackageHost } from '../../zones.ts'

export const packagePublishedByStranger = defineDetection({
  id: 'package-published-by-stranger',
  title: 'A program that is no publishing tool wrote to a package registry',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R23', 'S-24'],
  attack: ['T1195.002'],
  remedy: "See what was published and with which token. Publishing belongs to the registry's own client.",
  requires: ['http'],

  match(event, job) {
    if (
      (event.method !== 'PUT' && event.method !== 'POST') ||
      !isPackageHost(event.host) ||
      (event.bodyBytes !== undefined && event.bodyBytes < 1_024)
    )
      return null
    // Registries are asked with POST too (audits, searches); publishing is PUT nearly everywhere.
    if (event.method === 'POST' && !/\/oidc\/token\/exchange|\/legacy\/?$/.test(event.path)) return null
    if (/github|ghcr|googleapis/.test(event.host)) return null
    if (job.chain(event.process).some((link) => isTool(link.exe, link.argv, 'publisher'))) return null
    return {
      message: `${actorWords(job, event)} wrote ${event.path} to the registry ${event.host}.`,
      evidence: { method: event.method, host: event.host, path: event.path, exe: event.exe },
      key: event.path,
    }
  },
})
