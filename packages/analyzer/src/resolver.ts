/*
 * Facts about other repositories. Rules ask this interface; whether a snapshot or the network answers is the caller's choice. Every
 * answer may be "not known", and a rule says nothing then.
 */
export interface Resolver {
  /** What is known of an action's repository, by `owner/repo` in lower case. */
  repository(slug: string): RepositoryFacts | undefined
  /** Published advisories that concern an action at a version. */
  advisories(slug: string): readonly Advisory[]
}

export interface RepositoryFacts {
  /** Tag → commit that it points to. */
  readonly tags?: ReadonlyMap<string, string>
  /** Day up to which `tags` is complete, as YYYY-MM-DD; absent when it is complete now. */
  readonly tagsAsOf?: string
  readonly branches?: ReadonlyMap<string, string>
  /** Names that are both a tag and a branch. */
  readonly sameNames?: ReadonlySet<string>
  /** Whether the repository is read-only. */
  readonly archived?: boolean
  /** False when the name does not exist (any more). */
  readonly exists?: boolean
  /** Where the name redirects to. */
  readonly movedTo?: string
  /** Commits known to lie on a branch or tag of the repository itself. */
  readonly reachable?: (commit: string) => boolean | undefined
}

export interface Advisory {
  readonly id: string
  readonly summary: string
  /** First version that is not affected; undefined when there is none. */
  readonly fixed: string | undefined
  /** First affected version; undefined for "from the beginning". */
  readonly introduced: string | undefined
  readonly severity: 'low' | 'medium' | 'high' | 'critical'
}

/** Knows nothing. */
export const emptyResolver: Resolver = { repository: () => undefined, advisories: () => [] }
