/* Applies fixes to a file and proves that each changed what it meant to change and nothing else. */
import type { Finding } from '../finding.ts'
import type { Fix } from '../rule.ts'
import { sourceFromText, type SourceFile } from '../source.ts'
import { parseYaml } from '../yaml/parse.ts'
import type { YamlNode } from '../yaml/tree.ts'
import { applyEdits, type Intent, type Plain, type TextEdit } from './edit.ts'

export interface Applied {
  readonly text: string
  readonly applied: readonly { readonly finding: Finding; readonly fix: Fix }[]
  readonly refused: readonly { readonly finding: Finding; readonly reason: string }[]
}

/**
 * Applies the fixes of findings in one file, each only if the file then parses to exactly the intended change.
 *
 * @param accept Which safety classes to apply; `safe` and `review` unless given. `manual` is never applied.
 */
export function applyFixes(file: SourceFile, findings: readonly Finding[], accept: readonly Fix['safety'][] = ['safe', 'review']): Applied {
  const applied: { finding: Finding; fix: Fix }[] = []
  const refused: { finding: Finding; reason: string }[] = []
  const edits: TextEdit[] = []
  if (!file.lossless) {
    return {
      text: file.text,
      applied,
      refused: findings.filter((finding) => finding.fix).map((finding) => ({ finding, reason: 'The file is not valid UTF-8 text.' })),
    }
  }
  for (const finding of findings) {
    if (finding.location.file !== file || !finding.fix) continue
    const fix = finding.fix()
    if ('refused' in fix) {
      refused.push({ finding, reason: fix.refused })
      continue
    }
    if (!accept.includes(fix.safety) || fix.safety === 'manual') continue
    // Two findings may ask for the very same edit (one cause, two places).
    const fresh = fix.edits.filter(
      (edit) => !edits.some((other) => other.start === edit.start && other.end === edit.end && other.text === edit.text),
    )
    const reason = whyNot(file, edits, fresh)
    if (reason !== undefined) refused.push({ finding, reason })
    else {
      edits.push(...fresh)
      applied.push({ finding, fix })
    }
  }
  return { text: applyEdits(file.text, edits), applied, refused }
}

/** Why further edits cannot be made; undefined when they can. */
function whyNot(file: SourceFile, before: readonly TextEdit[], more: readonly TextEdit[]): string | undefined {
  if (more.length === 0) return undefined
  for (const edit of more) {
    for (const other of before) {
      const touches = edit.start < other.end && other.start < edit.end
      const same = edit.start === other.start && (edit.end === edit.start || other.end === other.start)
      if (touches || same) return 'Another fix changes the same place; run again after it is applied.'
    }
  }
  return checkIntent(file, [...before, ...more])
}

/**
 * Checks that edits do what they say: the changed file, parsed, is the parsed file with the intents carried out.
 *
 * @returns The difference in words, or undefined when there is none.
 */
export function checkIntent(file: SourceFile, edits: readonly TextEdit[]): string | undefined {
  let text: string
  try {
    text = applyEdits(file.text, edits)
  } catch {
    return 'The edits of this fix overlap.'
  }
  const old = sourceFromText(file.path, file.text)
  const fresh = sourceFromText(file.path, text)
  const oldRoot = parseYaml(old).root
  const newRoot = parseYaml(fresh).root
  if (fresh.problems.length > old.problems.length) return `The file would no longer parse: ${fresh.problems.at(-1)?.message ?? ''}`
  const intents = edits.flatMap((edit) => (edit.intent ? [edit.intent] : []))
  // An edit without an intent changes comments only.
  const wanted = oldRoot && carryOut(oldRoot, intents)
  const got = newRoot && plain(newRoot)
  if (JSON.stringify(wanted) !== JSON.stringify(got)) return 'The file would parse to something else than intended.'
  return undefined
}

type Mutable = string | Mutable[] | Map<string, Mutable>

function carryOut(root: YamlNode, intents: readonly Intent[]): unknown {
  return toJson(build(root, intents))
}

function plain(root: YamlNode): unknown {
  return toJson(build(root, []))
}

/** Nodes are told apart by offset and kind: the tree was parsed anew, and aliases make the same node appear twice. */
function build(node: YamlNode, intents: readonly Intent[]): Mutable {
  const mine = intents.filter(
    (intent) => intent.node.start === node.start && intent.node.end === node.end && intent.node.kind === node.kind,
  )
  for (const intent of mine) if (intent.become !== undefined) return fromPlain(intent.become)
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'seq') return node.items.map((item) => build(item, intents))
  const map = new Map<string, Mutable>()
  for (const { key, value } of node.entries) {
    const renamed = intents.find(
      (intent) =>
        intent.become !== undefined && intent.node.start === key.start && intent.node.end === key.end && intent.node.kind === 'scalar',
    )
    map.set(typeof renamed?.become === 'string' ? renamed.become : key.value, build(value, intents))
  }
  for (const intent of mine) {
    if (intent.remove !== undefined) map.delete(intent.remove)
    if (intent.set) setDeep(map, intent.set.keys, fromPlain(intent.set.value))
  }
  return map
}

function setDeep(map: Map<string, Mutable>, keys: readonly string[], value: Mutable): void {
  const [key, ...rest] = keys
  if (key === undefined) return
  if (rest.length === 0) {
    map.set(key, value)
    return
  }
  const below = map.get(key)
  const next = below instanceof Map ? below : new Map<string, Mutable>()
  map.set(key, next)
  setDeep(next, rest, value)
}

function fromPlain(value: Plain): Mutable {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((item: Plain) => fromPlain(item))
  return new Map(Object.entries(value).map(([key, below]: [string, Plain]) => [key, fromPlain(below)]))
}

/** Order of keys does not matter to a reader; of items it does. */
function toJson(value: Mutable): unknown {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(toJson)
  // An emptied map reads like an absent value, which is how its last entry leaves it.
  if (value.size === 0) return ''
  return [...value].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, below]) => [key, toJson(below)])
}
