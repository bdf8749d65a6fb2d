import { expressionsOf } from '../../expressions/embedded.ts'
import { contributions } from '../../expressions/contexts.ts'
import { secretsIn, secretsOf } from '../../flow/secrets.ts'
import { fileOf, type Step } from '../../model/types.ts'
import { commandsOf, pipeline, programOf, type Command, type Word } from '../../shell/index.ts'
import { sourceRange } from '../../yaml/tree.ts'
import { defineRule, type Report } from '../../rule.ts'

export const secretInLog = defineRule({
  id: 'secret-in-log',
  title: 'A secret is printed to the log',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D10', 'A10'],
  cwe: ['CWE-532'],
  cicd: ['CICD-SEC-6', 'CICD-SEC-10'],
  attack: ['T1552'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run) return
    const variables = secretVariables(step)
    const commands = commandsOf(step)
    // What feeds a pipe or stands in `$(…)` is judged where its output goes.
    const fed = new Set<Command>(commands.flatMap((command) => (command.input ? [command.input] : [])))
    const captured = capturedIn(commands)
    for (const command of commands) {
      yield* sent(command, step, variables)
      if (fed.has(command) || captured.has(command)) continue
      const found = printed(command, step, variables)
      if (found)
        yield {
          ...found,
          at: sourceRange(run, command.start, command.end),
          trace: [
            { role: 'sink', message: 'its output is the log', file: fileOf(step), range: sourceRange(run, command.start, command.end) },
          ],
        }
    }
  },
})

/** Variables that hold a secret, by name. */
function secretVariables({ env, job }: Step): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const each of [job?.workflow.env, job?.env, env]) {
    for (const [name, { value }] of each?.variables ?? []) {
      const [secret] = secretsOf(value)
      if (secret === undefined) found.delete(name)
      else found.set(name, secret)
    }
  }
  return found
}

const SENDERS: ReadonlySet<string> = new Set(['curl', 'wget', 'nc', 'ncat', 'Invoke-WebRequest', 'Invoke-RestMethod'])

/** A secret in the query of an address; in a header, a body or as the user it goes where it belongs. */
function* sent(command: Command, step: Step, variables: ReadonlyMap<string, string>): Generator<Report> {
  const { program, args } = programOf(command)
  const { run } = step
  if (!run || !SENDERS.has(program)) return
  for (const arg of args) {
    if (!/^https?:\/\/[^?]*\?/.test(arg.text)) continue
    const secret = secretInWords([arg], step, variables)
    if (secret === undefined) continue
    yield {
      at: sourceRange(run, arg.start, arg.end),
      severity: 'low',
      confidence: 'medium',
      level: 'strict',
      message: `\`${secret}\` is part of an address, and so in the logs of every server and proxy on the way.`,
    }
  }
}

function capturedIn(commands: readonly Command[]): ReadonlySet<Command> {
  const captured = new Set<Command>()
  for (const command of commands) {
    for (const word of [
      ...command.words,
      ...command.assignments.map((assignment) => assignment.value),
      ...command.redirects.flatMap((redirect) => [redirect.target, redirect.body]),
    ]) {
      for (const part of word?.parts ?? []) if (part.kind === 'substitution') for (const inner of part.commands) captured.add(inner)
    }
  }
  return captured
}

const PRINTERS: ReadonlySet<string> = new Set(['echo', 'printf', 'Write-Host', 'Write-Output'])
/** Programs whose output holds their input in another form, which the mask does not know. */
const DISGUISES: ReadonlySet<string> = new Set(['base64', 'base32', 'xxd', 'od', 'hexdump', 'rev', 'gzip', 'openssl', 'basenc'])

const PASSING = /^(?:base64|base32|xxd|od|hexdump|rev|gzip|basenc|tr|sed|fold|cut|head|tail|cat|tee)$/

function isHandedOver(command: Command): boolean {
  return command.redirects.some((redirect) => redirect.operator === '<<<')
}

function printed(command: Command, step: Step, variables: ReadonlyMap<string, string>): Omit<Report, 'at'> | undefined {
  // Whatever goes to a file is not in the log.
  if (
    [...pipeline(command)].some((one) =>
      one.redirects.some(
        (redirect) => redirect.operator.includes('>') && !/^&?[12]$|^\/dev\/(?:stdout|stderr|tty)$/.test(redirect.target.text),
      ),
    )
  )
    return undefined
  const { program } = programOf(command)
  const chain = [...pipeline(command)]
  const first = chain.at(-1) ?? command
  const masks = first.words.some((word) => word.text.includes('::add-mask::'))
  if (masks && first === command && PRINTERS.has(program)) return shownBeforeMasked(first, step)
  const secret = secretIn(first, step, variables)
  if (secret === undefined) return undefined
  // In the middle may stand anything that passes its input on.
  const disguise = chain.slice(0, -1).find((one) => DISGUISES.has(programOf(one).program) && !isDecoding(one))
  // What is handed over with `<<<` is only printed by programs that print what they read.
  const printer = PRINTERS.has(programOf(first).program) || (programOf(first).program === 'cat' && isHandedOver(first))
  const passes = chain.slice(0, -1).every((one) => PASSING.test(programOf(one).program))
  if (first === command && DISGUISES.has(program) && isHandedOver(command) && !isDecoding(command)) return disguised(secret, program)
  if (!printer || !passes) return undefined
  if (disguise) return disguised(secret, programOf(disguise).program)
  if (first !== command) return undefined
  return {
    severity: 'low',
    level: 'strict',
    message: `\`${secret}\` is printed. The log shows \`***\` for it, but only as long as the text is exactly the secret and the secret is registered.`,
  }
}

function disguised(secret: string, program: string): Omit<Report, 'at'> {
  return {
    severity: 'high',
    message: `\`${program}\` prints \`${secret}\` in a form that the mask of the log does not know: whoever reads the log can turn it back.`,
  }
}

function isDecoding(command: Command): boolean {
  return command.words.some((word) => /^(?:-d|-D|-di|-o|--decode|--output.*|-r|-dc|-enc|dgst|-salt)$/.test(word.text))
}

/** A value written into `::add-mask::` by GitHub itself stands in the script that the log shows above the output. */
function shownBeforeMasked(command: Command, step: Step): Omit<Report, 'at'> | undefined {
  const { run } = step
  if (!run) return undefined
  for (const { expression, start, end } of expressionsOf(run)) {
    if (!expression || start < command.start || end > command.end) continue
    const values = contributions(expression).filter(({ path }) => path[0] !== 'secrets' && !(path[0] === 'github' && path[1] === 'token'))
    // The secret itself is masked from the beginning.
    const value = values.find(
      ({ path }) =>
        path[0] === 'steps' ||
        path[0] === 'needs' ||
        path[0] === 'inputs' ||
        path[0] === 'env' ||
        (path[0] === 'github' && path[2] === 'inputs'),
    )
    if (!value) continue
    return {
      message: `The log shows the script before it runs, \`${value.path.join('.')}\` already filled in: it is masked too late. Hand it over in \`env\`, where it is just as visible, only if it was masked before.`,
    }
  }
  return undefined
}

/** The secret that a command prints as it is. */
function secretIn(command: Command, step: Step, variables: ReadonlyMap<string, string>): string | undefined {
  const fed = command.redirects.flatMap((redirect) => (redirect.operator === '<<<' ? [redirect.target] : []))
  return secretInWords([...command.words.slice(1), ...fed], step, variables)
}

function secretInWords(words: readonly Word[], step: Step, variables: ReadonlyMap<string, string>): string | undefined {
  for (const word of words) {
    for (const part of word.parts) {
      // `${X:+set}` and `${#X}` do not print it.
      if (part.kind === 'variable' && !/^:?[+?#%]/.test(part.operator)) {
        const secret = variables.get(part.name)
        if (secret !== undefined && !step.run?.value.slice(part.start, part.end).startsWith('${#')) return secret
      }
      if (part.kind === 'expression' && step.run) {
        for (const { expression, start } of expressionsOf(step.run)) {
          if (!expression || start < part.start || start >= part.end) continue
          const named = contributions(expression).flatMap(({ reference }) => secretsIn(reference))
          if (named[0]) return named[0].name
        }
      }
    }
  }
  return undefined
}
