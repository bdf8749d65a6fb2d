import { setIn } from '../../fix/edit.ts'
import { child, isMap, scalarOf } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const dependabotCooldown = defineRule({
  id: 'dependabot-cooldown',
  title: 'Dependabot takes releases on their first day',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F8'],
  cwe: ['CWE-1395'],
  cicd: ['CICD-SEC-3'],
  fix: 'review',

  *dependabot(configuration) {
    for (const update of configuration.updates) {
      const cooldown = child(update.node, 'cooldown')
      const days = scalarOf(cooldown, 'default-days')
      const number = Number(days?.value ?? Number.NaN)
      if (number >= DAYS_MIN) continue
      // Three days are Dependabot's own default since 2026.
      const ecosystem = update.ecosystem
      if (!days && !ecosystem) continue
      if (cooldown && !days && isMap(cooldown) && cooldown.entries.length > 0) continue
      yield {
        at: days ?? ecosystem ?? update.node,
        severity: 'low',
        level: days ? 'default' : 'strict',
        message: days
          ? `A cooldown of ${days.value} days is shorter than most malicious releases live.`
          : 'Without a cooldown of its own, an update waits for three days only; most malicious releases are found within a week.',
        fix: () => ({
          safety: 'review',
          title: `Wait for ${DAYS_MIN} days`,
          caution: 'Updates come later; security updates are not delayed.',
          edits: setIn(configuration.file, update.node, ['cooldown', 'default-days'], String(DAYS_MIN)),
        }),
      }
    }
  },
})

/** A week: longer than the packages of the Shai-Hulud and s1ngularity waves stayed up. */
const DAYS_MIN = 7
