import { pathOf, references } from '../../expressions/ast.ts'
import { expressionsOf, findEmbedded } from '../../expressions/embedded.ts'
import { fileOf, type Step } from '../../model/types.ts'
import { commandsOf, programOf, type Command, type Part } from '../../shell/index.ts'
import { isScalar, sourceRange } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const secretInLog = defineRule({
  id: 'secret-in-log',
  title: 'A secret is printed',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D10', 'A10'],
  cwe: ['CWE-532'],
  cicd: ['CICD-SEC-6', 'CICD-SEC-10'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run) return
    const names = secretVariables(step)
    const file = fileOf(step)
    for (const command of commandsOf(step)) {
      const { program, args } = programOf(command)
      const prints = /^(?:echo|printf|cat|Write-Host|Write-Output)$/i.test(program) && !goesElsewhere(command, commandsOf(step))
      const sends = /^(?:curl|wget|nc|ncat|Invoke-WebRequest|Invoke-RestMethod)$/i.test(program)
      if (!prints && !sends) continue
      const text = args.map((arg) => arg.text).join(' ')
      if (/::add-mask::/.test(text)) continue
      for (const [at, arg] of args.entries()) {
        const secret = arg.parts.map((part) => secretIn(part, run.value, names)).find((one) => one !== undefined)
        if (secret === undefined) continue
        if (sends) {
          // In a header or as the user it goes where it belongs; in the address it lands in logs on the way.
          if (
            (args[at - 1]?.text ?? '').startsWith('-') ||
            arg.text.startsWith('-') ||
            !/^https?:/.test(arg.text) ||
            !/[?&]/.test(arg.text)
          )
            continue
          yield {
            at: sourceRange(run, arg.start, arg.end),
            severity: 'low',
            confidence: 'medium',
            level: 'strict',
            message: `\`${secret}\` is part of an address and so in the logs of everything on the way.`,
          }
        } else {
          const changed = /base64|rev\b|sed\b|xxd|od\b|tr\b/.test(run.value.slice(command.end, command.end + 60))
          yield {
            at: sourceRange(run, arg.start, arg.end),
            severity: changed ? 'high' : 'low',
            confidence: 'medium',
            level: changed ? 'default' : 'strict',
            message: changed
              ? `\`${secret}\` is printed in another form, which the mask of the log does not know.`
              : `\`${secret}\` is printed; only the mask of the log keeps it from the reader.`,
          }
        }
        break
      }
    }
    void file
  },
})

/** Variables of the step that hold a secret. */
function secretVariables(step: Step): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const env of [step.job?.workflow.env, step.job?.env, step.env]) {
    for (const [name, entry] of env?.variables ?? []) {
      names.delete(name)
      if (!isScalar(entry.value)) continue
      for (const { expression } of expressionsOf(entry.value)) {
        for (const reference of expression ? references(expression) : []) {
          const path = pathOf(reference)
          if (path?.[0] === 'secrets') names.set(name, `secrets.${path[1] ?? ''}`)
        }
      }
    }
  }
  return names
}

function secretIn(part: Part, script: string, names: ReadonlyMap<string, string>): string | undefined {
  if (part.kind === 'variable')
    return part.operator === '' || part.operator.startsWith(':0')
      ? script[part.start + 2] === '#'
        ? undefined
        : names.get(part.name)
      : undefined
  if (part.kind !== 'expression') return undefined
  const expression = findEmbedded(script.slice(part.start, part.end))[0]?.expression
  // A comparison with a secret prints `true`.
  if (!expression || /==|!=|&&/.test(script.slice(part.start, part.end))) return undefined
  for (const reference of references(expression)) {
    const path = pathOf(reference)
    if (path?.[0] === 'secrets') return `secrets.${path[1] ?? ''}`
  }
  return undefined
}

/** Whether the output goes to a file or another program that does not print it again. */
function goesElsewhere(command: Command, all: readonly Command[]): boolean {
  if (command.redirects.some((redirect) => redirect.operator.includes('>') && !/^&?[12]$|\/dev\/std/.test(redirect.target.text)))
    return true
  const reader = all.find((other) => other.input === command)
  if (!reader)
    return (
      all.some((other) =>
        other.words.some((word) => word.parts.some((part) => part.kind === 'substitution' && part.commands.includes(command))),
      ) ||
      all.some((other) =>
        other.assignments.some((assignment) =>
          assignment.value?.parts.some((part) => part.kind === 'substitution' && part.commands.includes(command)),
        ),
      )
    )
  const { program, args } = programOf(reader)
  // Decoded, it goes where the option says, or it is binary that nobody prints.
  if (program === 'base64' && args.some((arg) => /^(?:-[dDio]|--decode|--output)/.test(arg.text))) return true
  if (/^(?:base64|rev|sed|xxd|od|tr|cut|fold|cat|tee)$/.test(program)) return goesElsewhere(reader, all)
  return true
}
