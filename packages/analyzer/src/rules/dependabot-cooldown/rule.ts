import { replaceScalar, setIn } from '../../fix/edit.ts'
import { defineRule } from '../../rule.ts'
import { child, entryOf, isMap, isScalar, scalarOf } from '../../yaml/tree.ts'

/** Days that GitHub waits by itself since 2026, and what is asked for here: most poisoned releases were found within a week. */
const DAYS_BY_DEFAULT = 3
const DAYS_WANTED = 7
const CAUTION = 'Updates come later; security updates are not delayed.'

export const dependabotCooldown = defineRule({
  id: 'dependabot-cooldown',
  title: 'Dependabot proposes releases that nobody has looked at yet',
  severity: 'low',
  confidence: 'high',
  level: 'strict',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F8'],
  cwe: ['CWE-829'],
  cicd: ['CICD-SEC-3'],
  attack: ['T1195.002'],
  fix: 'review',

  *dependabot(configuration) {
    for (const update of configuration.updates) {
      // Without version updates there is nothing to wait for; security updates never wait.
      if (scalarOf(update.node, 'open-pull-requests-limit')?.value.trim() === '0') continue
      const cooldown = entryOf(update.node, 'cooldown')
      const days = isMap(cooldown?.value) ? child(cooldown.value, 'default-days') : undefined
      const ecosystem = update.ecosystem?.value ?? 'this ecosystem'
      if (!isScalar(days)) {
        // Times for each kind of release (`semver-major-days`) are a decision.
        if (isMap(cooldown?.value) && cooldown.value.entries.length > 0) continue
        const at = cooldown?.key ?? update.ecosystem ?? update.node
        yield {
          at: { start: at.start, end: Math.min(at.end, at.start + 200) },
          message: `Releases for ${ecosystem} are proposed ${DAYS_BY_DEFAULT} days after they appear, GitHub's default; ${DAYS_WANTED} days outlast most poisoned ones.`,
          fix: () => ({
            safety: 'review',
            title: `Wait ${DAYS_WANTED} days`,
            caution: CAUTION,
            edits: setIn(configuration.file, update.node, ['cooldown', 'default-days'], String(DAYS_WANTED)),
          }),
        }
        continue
      }
      const count = Number(days.value)
      if (!(count < DAYS_WANTED)) continue
      const below = count < DAYS_BY_DEFAULT
      // A short time with its reason beside it is a decision.
      const explained = configuration.comments.some((comment) => comment.start > (cooldown?.start ?? 0) && comment.end < days.end)
      yield {
        at: days,
        severity: below ? 'medium' : 'low',
        level: below && !explained ? 'default' : 'strict',
        message: `Releases for ${ecosystem} are proposed after ${count} day${count === 1 ? '' : 's'}${below ? `, sooner than GitHub's own default of ${DAYS_BY_DEFAULT}` : ''}; ${DAYS_WANTED} outlast most poisoned ones.`,
        fix: () => ({
          safety: 'review',
          title: `Wait ${DAYS_WANTED} days`,
          caution: CAUTION,
          edits: replaceScalar(days, String(DAYS_WANTED)),
        }),
      }
    }
  },
})
