/* What a rule is. A rule is a value with metadata and generators; it does no I/O and keeps no state. */
import type { Confidence, Severity } from '@gatehouse/schema'
import type { Policies } from './config/types.ts'
import type { TextEdit } from './fix/edit.ts'
import type { ExpressionPlace } from './model/places.ts'
import type { Action, Dependabot, Job, Repository, Step, Unit, Workflow } from './model/types.ts'
import type { Uses } from './model/uses.ts'
import type { Resolver } from './resolver.ts'
import type { ScriptChecker } from './script-checker.ts'
import type { Range, SourceFile } from './source.ts'

/**
 * Who wants to hear it. `default`: worth everybody's time. `strict`: hardening that a team decides on. `audit`: leads for somebody who reads
 * the workflows anyway.
 */
export type Level = 'default' | 'strict' | 'audit'
/** Whether a rule has proven itself. `preview` rules are reported but never fail a run. */
export type Maturity = 'preview' | 'stable'
/** The best fix that a rule can offer; see `Fix.safety`. */
export type FixKind = 'none' | 'safe' | 'review' | 'manual'

export interface RuleMeta {
  /** Name of its folder. */
  readonly id: string
  /** Title of its page: what is wrong, in a few words. */
  readonly title: string
  /** Of a finding that says nothing else. */
  readonly severity: Severity
  readonly confidence: Confidence
  readonly level: Level
  readonly maturity: Maturity
  /** Year of the frozen rule set in which it appeared. */
  readonly since: number
  /** Rows of the catalogue of known weaknesses (docs/rules.md) that it covers. */
  readonly catalogue: readonly string[]
  readonly cwe: readonly string[]
  /** OWASP Top 10 CI/CD risks, such as `CICD-SEC-4`. */
  readonly cicd: readonly string[]
  readonly attack?: readonly string[]
  readonly fix: FixKind
}

export interface Rule extends RuleMeta {
  /** Hooks from the whole to its parts; a rule takes the most specific that it needs. */
  repository?(repository: Repository, context: RuleContext): Iterable<Report>
  /** Any YAML file, with its kind not yet asked for. */
  unit?(unit: Unit, context: RuleContext): Iterable<Report>
  workflow?(workflow: Workflow, context: RuleContext): Iterable<Report>
  action?(action: Action, context: RuleContext): Iterable<Report>
  dependabot?(configuration: Dependabot, context: RuleContext): Iterable<Report>
  job?(job: Job, context: RuleContext): Iterable<Report>
  /** Steps of jobs and of composite actions. */
  step?(step: Step, context: RuleContext): Iterable<Report>
  /** Every `uses`: of steps, composite steps and jobs. */
  uses?(uses: Uses, place: Step | Job, context: RuleContext): Iterable<Report>
  /** Every `${{ }}` and every condition. */
  expression?(place: ExpressionPlace, context: RuleContext): Iterable<Report>
}

export interface RuleContext {
  readonly policies: Policies
  readonly resolver: Resolver
  /** Absent when the caller runs no checkers of scripts. */
  readonly scripts?: ScriptChecker
}

/** What a rule yields. Whatever is left out comes from the rule. */
export interface Report {
  /** The finding's place; in the file of the unit that is visited unless `file` says otherwise. */
  readonly at: Range
  readonly file?: SourceFile
  /** One or two sentences: what is wrong here and why it matters. */
  readonly message: string
  readonly severity?: Severity
  readonly confidence?: Confidence
  readonly level?: Level
  /** How it comes about: source, path, guard (or its absence), sink. */
  readonly trace?: readonly TraceStep[]
  /** Computed only when somebody asks for fixes. */
  readonly fix?: () => Fix | Refusal
}

export interface TraceStep {
  readonly role: 'source' | 'path' | 'guard' | 'sink'
  readonly message: string
  readonly file: SourceFile
  readonly range: Range
}

export interface Fix {
  /** `safe` cannot change behaviour; `review` may, and `caution` says how; `manual` is a suggestion that is never applied by itself. */
  readonly safety: 'safe' | 'review' | 'manual'
  readonly title: string
  /** What could change; required unless `safe`. */
  readonly caution?: string
  readonly edits: readonly TextEdit[]
}

/** Why there is no fix here. */
export interface Refusal {
  readonly refused: string
}

/** Gives a rule its type. The metadata is checked by `rules.test.ts`. */
export function defineRule(rule: Rule): Rule {
  return rule
}
