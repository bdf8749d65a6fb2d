import { evaluate } from '../../expressions/evaluate.ts'
import { conditionOf, expressionsOf } from '../../expressions/embedded.ts'
import { child, isMap, isNull, isScalar, type ScalarNode, type YamlNode } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const hardcodedContainerCredentials = defineRule({
  id: 'hardcoded-container-credentials',
  title: 'A password of a registry stands in the workflow',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D13'],
  cwe: ['CWE-798', 'CWE-259'],
  cicd: ['CICD-SEC-6'],
  attack: ['T1552.001'],
  fix: 'none',

  *job(job) {
    const containers: [string, YamlNode | undefined][] = [['the container of the job', job.container]]
    for (const service of job.services?.entries ?? []) containers.push([`the service \`${service.key.value}\``, service.value])
    for (const [whose, container] of containers) {
      const password = passwordIn(child(container, 'credentials'))
      if (password)
        yield {
          at: password,
          message: `The password for the image of ${whose} can be read by everybody who can read this file, in every old version of it too. Change it and keep the new one as a secret.`,
        }
    }
  },

  *step(step) {
    const { uses } = step
    if (!uses || !LOGINS.has(uses.action)) return
    const value = step.with.entries.get('password')?.value
    if (isScalar(value) && isConstant(value))
      yield {
        at: value,
        message: `The password that \`${uses.text}\` logs in with can be read by everybody who can read this file. Change it and keep the new one as a secret.`,
      }
  },
})

const LOGINS: ReadonlySet<string> = new Set(['docker/login-action', 'azure/docker-login', 'redhat-actions/podman-login'])

function passwordIn(credentials: YamlNode | undefined): ScalarNode | undefined {
  if (!isMap(credentials)) return undefined
  const value = child(credentials, 'password')
  return isScalar(value) && isConstant(value) ? value : undefined
}

/** Written out, or an expression that folds to a text. */
function isConstant(scalar: ScalarNode): boolean {
  if (isNull(scalar) || scalar.value.trim() === '') return false
  const embedded = expressionsOf(scalar)
  if (embedded.length === 0) return true
  const { expression, mixed } = conditionOf(scalar)
  const value = expression && !mixed ? evaluate(expression) : undefined
  return typeof value === 'string' && value !== ''
}
