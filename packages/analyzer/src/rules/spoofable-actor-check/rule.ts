import { partsOf, pathOf, unwrap, walk, type Expression } from '../../expressions/ast.ts'
import { evaluate } from '../../expressions/evaluate.ts'
import { triggerFacts } from '../../flow/triggers.ts'
import { rangeIn } from '../../model/places.ts'
import { defineRule } from '../../rule.ts'

export const spoofableActorCheck = defineRule({
  id: 'spoofable-actor-check',
  title: 'A check of the actor can be fooled',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['C1'],
  cwe: ['CWE-290'],
  cicd: ['CICD-SEC-1', 'CICD-SEC-2'],
  fix: 'review',

  *expression(place) {
    const { embedded, role } = place
    if (role !== 'if' || !embedded.expression) return
    const workflow = place.unit.kind === 'workflow' ? place.unit : undefined
    // Asking for the author as well makes up for asking for the actor.
    if (conjuncts(embedded.expression).some(asksForAuthor)) return
    const denied = deniedParts(embedded.expression)
    for (const part of walk(embedded.expression)) {
      const found = actorCheck(part, denied.has(part))
      if (!found) continue
      // On a push the actor is who pushed; the check is only wrong where the author is another.
      const events = workflow?.triggers.map((trigger) => trigger.event) ?? []
      const exposed = events.some((event) => /^pull_request|^issue|^workflow_run$|^workflow_call$/.test(event)) || workflow === undefined
      if (!exposed) continue
      const privileged = events.some((event) => triggerFacts(event).privileged && triggerFacts(event).startedBy === 'outsider')
      const author = authorFor(events, found.negated)
      yield {
        at: rangeIn(place, part),
        severity: privileged ? 'high' : 'medium',
        confidence: found.negated ? 'low' : 'high',
        level: found.negated ? 'strict' : 'default',
        message: `\`${found.path}\` is whoever caused the last event, not the author: a bot can be made to act on somebody else’s pull request.`,
        fix: () =>
          author === undefined
            ? { refused: 'Which property holds the author depends on the event, and this workflow has several.' }
            : {
                safety: 'review',
                title: `Ask for \`${author}\``,
                caution: 'The condition then holds for the author’s changes, not for whoever pushed last.',
                edits: [
                  {
                    ...rangeIn(place, found.reference),
                    text: author,
                    intent: {
                      node: place.scalar,
                      become: place.scalar.value.slice(0, found.reference.start) + author + place.scalar.value.slice(found.reference.end),
                    },
                  },
                ],
              },
      }
    }
  },
})

const ACTORS: ReadonlySet<string> = new Set([
  'github.actor',
  'github.triggering_actor',
  'github.event.sender.login',
  'github.event.pull_request.sender.login',
])
/** Numbers of bots: dependabot[bot], dependabot-preview[bot], renovate[bot], github-actions[bot]. */
const BOT_IDS: ReadonlySet<string> = new Set(['49699333', '27856297', '29139614', '41898282'])

interface ActorCheck {
  readonly path: string
  readonly reference: Expression
  readonly negated: boolean
}

/** What must all be true. */
function conjuncts(expression: Expression): Expression[] {
  const inner = unwrap(expression)
  return inner.type === 'binary' && inner.operator === '&&' ? [...conjuncts(inner.left), ...conjuncts(inner.right)] : [inner]
}

const AUTHORS: ReadonlySet<string> = new Set([
  'github.event.pull_request.user.login',
  'github.event.pull_request.user.id',
  'github.event.issue.user.login',
  'github.event.comment.user.login',
  'github.event.pull_request.head.repo.full_name',
])

function asksForAuthor(part: Expression): boolean {
  if (part.type !== 'binary' || part.operator !== '==') return false
  return [part.left, part.right].some((side) => AUTHORS.has(pathOf(unwrap(side))?.join('.') ?? ''))
}

/** Parts of which an uneven number of `!` asks for the opposite. */
function deniedParts(expression: Expression): ReadonlySet<Expression> {
  const denied = new Set<Expression>()
  const visit = (part: Expression, isDenied: boolean): void => {
    if (isDenied) denied.add(part)
    for (const below of partsOf(part)) visit(below, part.type === 'not' ? !isDenied : isDenied)
  }
  visit(expression, false)
  return denied
}

function actorCheck(part: Expression, denied: boolean): ActorCheck | undefined {
  const pairs: [Expression, Expression][] = []
  let negated = denied
  if (part.type === 'binary' && (part.operator === '==' || part.operator === '!=')) {
    negated = (part.operator === '!=') !== denied
    pairs.push([part.left, part.right], [part.right, part.left])
  } else if (part.type === 'call' && /^(?:contains|startswith|endswith)$/i.test(part.name) && part.args[0] && part.args[1])
    pairs.push([part.args[0], part.args[1]], [part.args[1], part.args[0]])
  for (const [one, other] of pairs) {
    const reference = unwrap(one)
    const path = pathOf(reference)?.join('.') ?? ''
    const value = evaluate(other)
    const texts = Array.isArray(value)
      ? value.map(String)
      : value === undefined || value === null || typeof value === 'object'
        ? []
        : [String(value)]
    if (ACTORS.has(path) && texts.some((text) => text.includes('[bot]') || /^(?:dependabot|renovate)/i.test(text)))
      return { path, reference, negated }
    if (path === 'github.actor_id' && texts.some((text) => BOT_IDS.has(text))) return { path, reference, negated }
  }
  return undefined
}

/** The property that holds the author; undefined when the events differ. */
function authorFor(events: readonly string[], negated: boolean): string | undefined {
  if (negated || events.length !== 1) return undefined
  if (events[0]?.startsWith('pull_request')) return 'github.event.pull_request.user.login'
  return events[0] === 'issues'
    ? 'github.event.issue.user.login'
    : events[0] === 'issue_comment'
      ? 'github.event.comment.user.login'
      : undefined
}
