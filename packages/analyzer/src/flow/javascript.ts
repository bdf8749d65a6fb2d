/*
 * Enough of JavaScript to see what an `actions/github-script` step hands on. Not a parser: statements are looked at one by one, and
 * variables that were assigned from the payload are remembered.
 */
import type { Step } from '../model/types.ts'
import { fileOf } from '../model/types.ts'
import { isScalar, sourceRange, type ScalarNode } from '../yaml/tree.ts'
import { contextSource, type SourceKind } from './sources.ts'
import type { Flow, Scope, Tracer } from './tracer.ts'

/** Flows into an output of a `github-script` step; its return value is the output `result`. */
export function javascriptOutputs(step: Step, name: string, scope: Scope, tracer: Tracer, depth = 0): Flow[] {
  const script = step.with.entries.get('script')?.value
  if (!isScalar(script)) return []
  const flows: Flow[] = []
  const tainted = taintedNames(step, script, scope, tracer, depth)
  for (const match of script.value.matchAll(/setOutput\(\s*(['"`])([^'"`]+)\1\s*,([^;\n]*)|\breturn\b([^;\n]*)/g)) {
    const output = (match[2] ?? 'result').toLowerCase()
    if (name !== '*' && output !== name) continue
    flows.push(...flowsOfText(match[3] ?? match[4] ?? '', match.index, step, script, tainted, scope, tracer, depth))
  }
  return flows
}

/** Names that hold something untrusted, with where it came from. */
function taintedNames(step: Step, script: ScalarNode, scope: Scope, tracer: Tracer, depth: number): Map<string, Flow[]> {
  const names = new Map<string, Flow[]>()
  for (const match of script.value.matchAll(
    /(?:\b(?:const|let|var)\s+)?([A-Za-z_$][\w$]*|\{[^}=]*\}|\[[^\]=]*\])\s*=(?![=>])([^;\n]*(?:\n\s*[.?:&|+][^;\n]*)*)/g,
  )) {
    const flows = flowsOfText(match[2] ?? '', match.index, step, script, names, scope, tracer, depth)
    if (flows.length === 0) continue
    for (const name of (match[1] ?? '').replace(/[{}[\]]/g, '').split(',')) {
      const plain = name.split(':').at(-1)?.trim() ?? ''
      if (/^[A-Za-z_$][\w$]*$/.test(plain)) names.set(plain, flows)
    }
  }
  return names
}

function flowsOfText(
  text: string,
  at: number,
  step: Step,
  script: ScalarNode,
  names: ReadonlyMap<string, Flow[]>,
  scope: Scope,
  tracer: Tracer,
  depth: number,
): Flow[] {
  const flows: Flow[] = []
  const file = fileOf(step)
  const range = sourceRange(script, at, at + Math.max(1, Math.min(text.length, 80)))
  const add = (source: string, kind: SourceKind, trust: Flow['trust'], events: readonly string[] | undefined): void => {
    flows.push({
      source,
      kind,
      trust,
      events,
      trace: [{ role: 'source', message: `${source} is written by whoever caused the event.`, file, range }],
    })
  }
  // A comparison or a search says something about the text; it is not the text.
  const plain = text.replace(/[\w.$?!]+\.(?:includes|startsWith|endsWith|test|some|every)\([^()]*\)|[\w.$?]+\s*[!=]==?\s*[^&|?]+/g, ' ')
  for (const match of plain.matchAll(/\bcontext\.payload((?:\??\.[A-Za-z_]\w*|\[\d+\])+)/g)) {
    const path = [
      'github',
      'event',
      ...(match[1] ?? '')
        .replaceAll('?', '')
        .replace(/\[\d+\]/g, '.*')
        .split('.')
        .filter((part) => part !== '')
        .map((part) => part.toLowerCase()),
    ]
    for (let length = path.length; length > 3; length--) {
      const source = contextSource(path.slice(0, length), false)
      if (source && source.trust !== 'structured') {
        add(source.name, source.kind, source.trust, source.events)
        break
      }
    }
  }
  if (/\.data\.(?:title|body|head\.ref|head\.label|name)\b/.test(plain))
    add('an API answer about the pull request or issue', 'text', 'outsider', undefined)
  if (/\breadFileSync\(|\breadFile\(/.test(plain) && readsForeignFiles(step))
    add('a file from an artifact or a pull request', 'text', 'outsider', undefined)
  for (const match of plain.matchAll(/\bprocess\.env(?:\.([A-Za-z_]\w*)|\[['"]([^'"]+)['"]\])/g))
    flows.push(...tracer.resolveEnv(match[1] ?? match[2] ?? '', scope, depth + 1))
  for (const match of plain.matchAll(/(?<![.\w$])([A-Za-z_$][\w$]*)(?![\w$]*\s*:)/g)) {
    const known = names.get(match[1] ?? '')
    // An id or number of something untrusted is not untrusted.
    if (known && !/^\s*\??\.(?:number|id|length|sha|node_id)\b/.test(plain.slice((match.index ?? 0) + match[0].length)))
      flows.push(...known)
  }
  if (text.includes('${{')) flows.push(...tracer.flowsIntoScalar(script, scope, depth + 1))
  return flows.slice(0, 6)
}

/** Whether an earlier step brought files that an outsider wrote. */
export function readsForeignFiles(step: Step): boolean {
  return step.siblings.slice(0, step.index).some((other) => bringsForeignFiles(other))
}

/** Downloads of another run's artifact. Checkouts of a pull request are told by `checkoutOf`. */
export function bringsForeignFiles(step: Step): boolean {
  if (step.uses) {
    const { action } = step.uses
    if (action === 'actions/download-artifact') return step.with.entries.has('run-id')
    if (/download-(?:workflow-)?artifact|action-download-artifact/.test(action)) return action !== 'actions/download-artifact'
    if (action === 'actions/github-script') {
      const script = step.with.entries.get('script')?.value
      return isScalar(script) && /downloadArtifact/.test(script.value)
    }
    return false
  }
  return step.run !== undefined && /\bgh\s+run\s+download\b|actions\/(?:runs|artifacts)\/\S*(?:artifacts|zip)\b/.test(step.run.value)
}
