/* The configuration in `gatehouse.yml`, as rules and the engine see it. */
import type { Severity } from '@gatehouse/schema'
import type { Level } from '../rule.ts'

export interface Config {
  /** Lowest level reported. */
  readonly level: Level
  /** Year of the rule set; rules that appeared later are left out. */
  readonly year: number | undefined
  readonly rules: ReadonlyMap<string, RuleConfig>
  /** Patterns of paths (in the repository) that are not analysed. */
  readonly exclude: readonly string[]
  readonly policies: Policies
}

export interface RuleConfig {
  readonly level: Level | 'off' | undefined
  readonly severity: Severity | undefined
  readonly ignore: readonly Ignore[]
}

/** A finding to leave out: a path pattern, optionally with a 1-based line. */
export interface Ignore {
  readonly path: string
  readonly line: number | undefined
}

export type PinPolicy = 'any' | 'ref' | 'commit'

export interface Policies {
  /** Pattern of actions (`actions/*`) → how they must be pinned; the longest pattern that matches decides. */
  readonly pins: ReadonlyMap<string, PinPolicy>
  /** Patterns of actions that may be used; empty allows all. */
  readonly allowedActions: readonly string[]
  readonly deniedActions: readonly string[]
  /** Runner labels that are safe for code of outsiders (ephemeral, isolated). */
  readonly trustedRunners: readonly string[]
  /** Secrets that may be used outside of an environment. */
  readonly trustedSecrets: readonly string[]
  /** Environments that are known to require approval. */
  readonly protectedEnvironments: readonly string[]
}

export const defaultPolicies: Policies = {
  pins: new Map(),
  allowedActions: [],
  deniedActions: [],
  trustedRunners: [],
  trustedSecrets: [],
  protectedEnvironments: [],
}

export const defaultConfig: Config = { level: 'default', year: undefined, rules: new Map(), exclude: [], policies: defaultPolicies }
