/* The offline answers to a rule's questions about other repositories: what was known when this version was made. */
import type { Resolver } from '../resolver.ts'

/** Answers from the tables in this folder; "not known" for everything else. */
export const snapshotResolver: Resolver = {
  repository: () => undefined,
  advisories: () => [],
}
