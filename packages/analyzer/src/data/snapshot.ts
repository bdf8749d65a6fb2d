/* The offline answers to a rule's questions about other repositories: what was known when this version was made. */
import type { RepositoryFacts, Resolver } from '../resolver.ts'
import { MALICIOUS_COMMITS, MOVED_REPOSITORIES, SAME_NAMED_REFS } from './incidents.ts'
import { TAG_TABLES } from './tags.ts'

const facts = new Map<string, RepositoryFacts | undefined>()

/** Answers from the tables in this folder; "not known" for everything else. */
export const snapshotResolver: Resolver = {
  repository(slug) {
    if (!facts.has(slug)) facts.set(slug, factsOf(slug))
    return facts.get(slug)
  },
  advisories: () => [],
}

function factsOf(slug: string): RepositoryFacts | undefined {
  const table = TAG_TABLES.get(slug)
  const malicious = MALICIOUS_COMMITS.get(slug)
  const same = SAME_NAMED_REFS.get(slug)
  const moved = MOVED_REPOSITORIES.get(slug)
  if (!table && !malicious && !same && moved === undefined) return undefined
  const tags =
    table &&
    new Map(table.tags.split(' ').map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
  return {
    ...(tags ? { tags, tagsAsOf: table.date } : {}),
    ...(same ? { sameNames: new Set(same) } : {}),
    ...(malicious ? { reachable: (commit: string) => (malicious.has(commit.toLowerCase()) ? false : undefined) } : {}),
    ...(moved === undefined ? {} : { movedTo: moved }),
  }
}
