import { CODE_INPUTS } from '../../data/actions.ts'
import { unwrap, type Expression } from '../../expressions/ast.ts'
import { contributions } from '../../expressions/contexts.ts'
import { evaluate } from '../../expressions/evaluate.ts'
import { rate } from '../../flow/rate.ts'
import { flowsOfReference, scopeOf } from '../../flow/taint.ts'
import { rangeIn, rangeOf, type ExpressionPlace } from '../../model/places.ts'
import { defineRule, type Report, type TraceStep } from '../../rule.ts'

export const templateInjection = defineRule({
  id: 'template-injection',
  title: 'An expression becomes part of a script',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['A1', 'A2', 'A3'],
  cwe: ['CWE-94', 'CWE-78'],
  cicd: ['CICD-SEC-4'],
  attack: ['T1059'],
  fix: 'manual',

  *expression(place) {
    const { step, embedded, role, key } = place
    if (!step || !embedded.expression) return
    if (role !== 'run' && !(role === 'with' && CODE_INPUTS.get(step.uses?.action ?? '')?.includes(key.toLowerCase()))) return
    // JSON is a literal of JavaScript, so outside of quotes it stays a value.
    if (step.uses?.action === 'actions/github-script' && isBareJson(embedded.expression, place)) return
    // What folds to a constant cannot be influenced.
    if (evaluate(embedded.expression) !== undefined) return
    const scope = scopeOf(place)
    let best: Report | undefined
    for (const contribution of contributions(embedded.expression)) {
      const rated = rate(flowsOfReference(contribution, place.scalar, scope), step)
      const name = contribution.path.join('.')
      if (!rated) {
        if (!isUnknown(contribution.path)) continue
        best ??= {
          at: rangeOf(place),
          severity: 'info',
          confidence: 'low',
          level: 'audit',
          message: `\`${name}\` is put into ${target(place)} as text; where its value comes from is not known here.`,
        }
        continue
      }
      const sink: TraceStep = {
        role: 'sink',
        message: `put into ${target(place)} before it runs`,
        file: place.unit.file,
        range: rangeIn(place, embedded),
      }
      const from = rated.flow.source === name ? '' : `, which holds \`${rated.flow.source}\`,`
      const report: Report = {
        at: rangeOf(place),
        severity: rated.severity,
        confidence: rated.confidence,
        level: rated.level,
        message: `\`${name}\`${from} is put into ${target(place)} as text, so its content can run as code: ${rated.because}.`,
        trace: [...rated.trace, sink],
      }
      if (
        !best ||
        RANK[report.level ?? 'default'] < RANK[best.level ?? 'default'] ||
        (report.level === best.level && SEVERITY[report.severity ?? 'low'] > SEVERITY[best.severity ?? 'low'])
      )
        best = report
    }
    if (best) yield best
  },
})

const RANK = { default: 0, strict: 1, audit: 2 } as const
const SEVERITY = { info: 0, low: 1, medium: 2, high: 3, critical: 4 } as const

function isBareJson(expression: Expression, { scalar, embedded }: ExpressionPlace): boolean {
  const inner = unwrap(expression)
  return (
    inner.type === 'call' &&
    inner.name.toLowerCase() === 'tojson' &&
    !/['"`][^'"`\n]*$/.test(scalar.value.slice(0, embedded.start).split('\n').at(-1) ?? '')
  )
}

/** Outputs of what is not modelled may hold anything. */
function isUnknown(path: readonly string[]): boolean {
  return (path[0] === 'steps' && path[2] === 'outputs') || (path[0] === 'needs' && path[2] === 'outputs')
}

function target({ role, step, key }: ExpressionPlace): string {
  if (role === 'run')
    return step?.shell === 'python'
      ? 'a Python script'
      : step?.shell === 'pwsh' || step?.shell === 'powershell'
        ? 'a PowerShell script'
        : 'a shell script'
  return `\`${key}\` of ${step?.uses?.action ?? 'an action'}, which runs it`
}
