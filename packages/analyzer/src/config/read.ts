/* Reads `gatehouse.yml`. Every mistake is reported with its place; nothing is silently ignored. */
import type { Severity } from '@gatehouse/schema'
import { LEVELS, SEVERITIES } from '../finding.ts'
import type { Level } from '../rule.ts'
import { sourceFromBytes, type Problem, type Range, type SourceFile } from '../source.ts'
import { parseYaml } from '../yaml/parse.ts'
import { isMap, isScalar, isSeq, scalarsOf, type YamlNode } from '../yaml/tree.ts'
import { defaultConfig, defaultPolicies, type Config, type Ignore, type PinPolicy, type Policies, type RuleConfig } from './types.ts'

export interface ReadConfig {
  readonly config: Config
  readonly file: SourceFile
  /** Any of these makes the command fail: a setting that is not understood must not be taken for one that holds. */
  readonly problems: readonly Problem[]
}

export const RULE_YEARS: readonly number[] = [2026]

export function readConfig(path: string, bytes: Uint8Array, knownRules: ReadonlySet<string>): ReadConfig {
  const file = sourceFromBytes(path, bytes)
  const { root } = parseYaml(file)
  const problems: Problem[] = [...file.problems]
  const complain = (message: string, range: Range): void => {
    problems.push({ code: 'model', message, range })
  }
  if (root === undefined || (isScalar(root) && root.value === '')) return { config: defaultConfig, file, problems }
  if (!isMap(root)) {
    complain('The configuration must be a map of settings.', root)
    return { config: defaultConfig, file, problems }
  }
  let { level, year } = defaultConfig
  const rules = new Map<string, RuleConfig>()
  let exclude: string[] = []
  let policies: Policies = defaultPolicies
  for (const { key, value } of root.entries) {
    switch (key.value) {
      case 'level':
        if (isScalar(value) && isLevel(value.value)) level = value.value
        else complain(`"level" is one of ${LEVELS.join(', ')}.`, value)
        break
      case 'rules':
        if (isScalar(value)) {
          year = readYear(value, complain)
          break
        }
        if (!isMap(value)) {
          complain('"rules" is a year, or a map from rule to settings.', value)
          break
        }
        for (const entry of value.entries) {
          if (entry.key.value === 'year') year = readYear(entry.value, complain)
          else if (!knownRules.has(entry.key.value)) complain(`There is no rule "${entry.key.value}".`, entry.key)
          else rules.set(entry.key.value, readRule(entry.value, complain))
        }
        break
      case 'exclude':
        exclude = scalarsOf(value).map((scalar) => scalar.value)
        break
      case 'policies':
        policies = readPolicies(value, complain)
        break
      default:
        complain(`"${key.value}" is no setting; there are level, rules, exclude and policies.`, key)
    }
  }
  return { config: { level, year, rules, exclude, policies }, file, problems }
}

type Complain = (message: string, range: Range) => void

function isLevel(text: string): text is Level {
  return (LEVELS as readonly string[]).includes(text)
}
function isSeverity(text: string): text is Severity {
  return (SEVERITIES as readonly string[]).includes(text)
}

function readYear(node: YamlNode, complain: Complain): number | undefined {
  const year = isScalar(node) ? Number(node.value) : Number.NaN
  if (RULE_YEARS.includes(year)) return year
  complain(`The rule sets are frozen by year: ${RULE_YEARS.join(', ')}.`, node)
  return undefined
}

function readRule(node: YamlNode, complain: Complain): RuleConfig {
  let level: Level | 'off' | undefined
  let severity: Severity | undefined
  const ignore: Ignore[] = []
  if (isScalar(node)) {
    if (isLevel(node.value) || node.value === 'off' || node.value === 'false') level = isLevel(node.value) ? node.value : 'off'
    else complain(`A rule is set to off, ${LEVELS.join(', ')}, or a map of level, severity and ignore.`, node)
    return { level, severity, ignore }
  }
  if (!isMap(node)) {
    complain('A rule is set to a level or to a map of level, severity and ignore.', node)
    return { level, severity, ignore }
  }
  for (const { key, value } of node.entries) {
    const text = isScalar(value) ? value.value : ''
    if (key.value === 'level') {
      if (isLevel(text)) level = text
      else if (text === 'off' || text === 'false') level = 'off'
      else complain(`"level" is off, ${LEVELS.join(', ')}.`, value)
    } else if (key.value === 'severity') {
      if (isSeverity(text)) severity = text
      else complain(`"severity" is one of ${SEVERITIES.join(', ')}.`, value)
    } else if (key.value === 'ignore') {
      for (const scalar of scalarsOf(value)) {
        const match = /^(.*?)(?::(\d+))?(?::\d+)?$/.exec(scalar.value)
        ignore.push({ path: match?.[1] ?? scalar.value, line: match?.[2] === undefined ? undefined : Number(match[2]) })
      }
    } else complain(`"${key.value}" is no setting of a rule; there are level, severity and ignore.`, key)
  }
  return { level, severity, ignore }
}

function readPolicies(node: YamlNode, complain: Complain): Policies {
  if (!isMap(node)) {
    complain('"policies" is a map.', node)
    return defaultPolicies
  }
  const policies: { -readonly [K in keyof Policies]: Policies[K] } = { ...defaultPolicies }
  for (const { key, value } of node.entries) {
    const list = scalarsOf(value).map((scalar) => scalar.value)
    switch (key.value) {
      case 'pins': {
        const pins = new Map<string, PinPolicy>()
        if (isMap(value)) {
          for (const entry of value.entries) {
            const text = isScalar(entry.value) ? entry.value.value : ''
            if (text === 'any' || text === 'ref' || text === 'commit') pins.set(entry.key.value, text)
            else complain('A pin policy is any, ref or commit.', entry.value)
          }
        } else complain('"pins" is a map from a pattern of actions to any, ref or commit.', value)
        policies.pins = pins
        break
      }
      case 'allowed-actions':
        policies.allowedActions = list
        break
      case 'denied-actions':
        policies.deniedActions = list
        break
      case 'trusted-runners':
        policies.trustedRunners = list
        break
      case 'trusted-secrets':
        policies.trustedSecrets = list
        break
      case 'protected-environments':
        policies.protectedEnvironments = list
        break
      default:
        complain(`"${key.value}" is no policy.`, key)
    }
    if (key.value !== 'pins' && !isSeq(value) && !isScalar(value)) complain(`"${key.value}" is a list.`, value)
  }
  return policies
}
