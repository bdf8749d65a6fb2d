export { analyze, analyzeRepository, type Analysis, type AnalysisError, type AnalyzeOptions } from './analyze.ts'
export { readConfig, RULE_YEARS, type ReadConfig } from './config/read.ts'
export { defaultConfig, defaultPolicies, type Config, type Policies } from './config/types.ts'
export { snapshotResolver } from './data/snapshot.ts'
export { LEVELS, SEVERITIES, severityRank, type Finding, type Location, type Suppression } from './finding.ts'
export { applyFixes, checkIntent, type Applied } from './fix/apply.ts'
export { applyEdits, type TextEdit } from './fix/edit.ts'
export { kindByPath, readRepository, type RepositoryFile } from './model/repository.ts'
export type { Repository, Unit, Workflow, Job, Step, Action } from './model/types.ts'
export type { Resolver, RepositoryFacts, Advisory } from './resolver.ts'
export type { Fix, FixKind, Level, Refusal, Report, Rule, RuleMeta } from './rule.ts'
export { rules } from './rules/index.ts'
export type { ScriptChecker, ScriptLanguage, ScriptProblem } from './script-checker.ts'
export {
  byteOffsetAt,
  lineText,
  positionAt,
  sourceFromBytes,
  sourceFromText,
  type Position,
  type Problem,
  type Range,
  type SourceFile,
} from './source.ts'
export { applyBaseline, makeBaseline, parseBaseline, type Baseline } from './baseline.ts'
export { toGithub } from './report/github.ts'
export { toJson } from './report/json.ts'
export { toMarkdown } from './report/markdown.ts'
export { toSarif } from './report/sarif.ts'
export { active, fails, joinAnalyses, type Scan } from './report/summary.ts'
export { toText } from './report/text.ts'
