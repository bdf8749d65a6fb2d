/**
 * The part of Vitest's interface that the sensor's tests use, small enough for an emulated machine: same test files, same
 * assertions (Vitest's own `expect`), no bundler, no workers. `run.ts` puts this module in Vitest's place.
 */
import { format } from 'node:util'
import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect'

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin)

/** An emulated core is roughly ten times slower than the machine the limits were written for. */
const PATIENCE = 6
const LIMIT_DEFAULT_MS = 20_000

type Body = () => unknown
type Options = { readonly timeout?: number }

interface Case {
  readonly title: string
  readonly body: Body | undefined
  readonly limitMs: number
}

interface Group {
  readonly title: string
  readonly parent: Group | undefined
  readonly skipped: boolean
  readonly members: (Case | Group)[]
  readonly hooks: Readonly<Record<'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach', Body[]>>
}

export interface Outcome {
  readonly title: string
  readonly state: 'passed' | 'failed' | 'skipped'
  readonly error?: string
  readonly milliseconds: number
}

let current: Group = group('', undefined, false)
let finishers: Body[] = []

export const expect: Chai.ExpectStatic = chai.expect
export const describe = Object.assign(describing(false), {
  skip: describing(true),
  skipIf: (condition: unknown) => describing(Boolean(condition)),
  runIf: (condition: unknown) => describing(!condition),
  each: (table: readonly unknown[]) => each(table, (title, body) => describe(title, body)),
  sequential: describing(false),
})
export const test = Object.assign(testing(false), {
  skip: testing(true),
  skipIf: (condition: unknown) => testing(Boolean(condition)),
  runIf: (condition: unknown) => testing(!condition),
  each: (table: readonly unknown[]) => each(table, (title, body) => test(title, body)),
  sequential: testing(false),
})
export const it = test

export const beforeAll = (body: Body) => void current.hooks.beforeAll.push(body)
export const afterAll = (body: Body) => void current.hooks.afterAll.push(body)
export const beforeEach = (body: Body) => void current.hooks.beforeEach.push(body)
export const afterEach = (body: Body) => void current.hooks.afterEach.push(body)
export const onTestFinished = (body: Body) => void finishers.push(body)

export const vi = {
  /** Tries until the body does not throw, as Vitest's does. */
  async waitFor<T>(
    body: () => T | Promise<T>,
    options: number | { readonly timeout?: number; readonly interval?: number } = {},
  ): Promise<T> {
    const { timeout = 1000, interval = 50 } = typeof options === 'number' ? { timeout: options } : options
    const end = performance.now() + timeout * PATIENCE
    for (;;) {
      try {
        return await body()
      } catch (error) {
        if (performance.now() > end) throw error
        await new Promise((resolve) => setTimeout(resolve, interval))
      }
    }
  },
}

/** Runs everything that the imported test files declared, in their order, and reports each test as it ends. */
export async function runDeclared(report: (outcome: Outcome) => void): Promise<void> {
  const root = current
  current = group('', undefined, false)
  await runGroup(root, report)
}

function group(title: string, parent: Group | undefined, skipped: boolean): Group {
  return { title, parent, skipped, members: [], hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] } }
}

function describing(skipped: boolean): (title: string, first: Body | Options, second?: Body) => void {
  return (title, first, second) => {
    const body = typeof first === 'function' ? first : second
    const made = group(title, current, skipped || current.skipped)
    current.members.push(made)
    current = made
    body?.()
    current = made.parent ?? made
  }
}

function testing(skipped: boolean): (title: string, first: Body | Options, second?: Body | number) => void {
  return (title, first, second) => {
    const body = typeof first === 'function' ? first : typeof second === 'function' ? second : undefined
    const told = typeof second === 'number' ? second : typeof first === 'object' ? first.timeout : undefined
    current.members.push({ title, body: skipped || current.skipped ? undefined : body, limitMs: (told ?? LIMIT_DEFAULT_MS) * PATIENCE })
  }
}

function each(table: readonly unknown[], declare: (title: string, body: Body) => void) {
  return (title: string, body: (...values: never[]) => unknown) => {
    for (const row of table) {
      const values = Array.isArray(row) ? row : [row]
      // Only for the report: `$name` from the row, `%s` from its values.
      const named = title.replaceAll(/\$(\w+)/g, (whole, name: string) => (isRecord(row) && name in row ? String(row[name]) : whole))
      // Safe: the row is what the caller's own table holds.
      declare(named.includes('%') ? format(named, ...values) : named, () => body(...(values as never[])))
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

async function runGroup(one: Group, report: (outcome: Outcome) => void): Promise<void> {
  let broken: string | undefined
  const active = !one.skipped
  try {
    if (active) for (const hook of one.hooks.beforeAll) await limited(hook, 60_000 * PATIENCE)
  } catch (error) {
    broken = `beforeAll: ${describeError(error)}`
  }
  for (const member of one.members) {
    if ('members' in member) {
      if (broken === undefined) await runGroup(member, report)
      else report({ title: titleOf(member), state: 'failed', error: broken, milliseconds: 0 })
    } else report(await runCase(one, member, broken))
  }
  try {
    if (active) for (const hook of one.hooks.afterAll.toReversed()) await limited(hook, 60_000 * PATIENCE)
  } catch (error) {
    report({ title: `${titleOf(one)} > afterAll`, state: 'failed', error: describeError(error), milliseconds: 0 })
  }
}

async function runCase(parent: Group, one: Case, broken: string | undefined): Promise<Outcome> {
  const title = [titleOf(parent), one.title].filter((part) => part !== '').join(' > ')
  if (one.body === undefined) return { title, state: 'skipped', milliseconds: 0 }
  if (broken !== undefined) return { title, state: 'failed', error: broken, milliseconds: 0 }
  const started = performance.now()
  let error: string | undefined
  finishers = []
  const steps = [...ancestors(parent).flatMap(({ hooks }) => hooks.beforeEach), one.body]
  try {
    for (const step of steps) await limited(step, one.limitMs)
  } catch (thrown) {
    error = describeError(thrown)
  }
  const after = [
    ...finishers,
    ...ancestors(parent)
      .toReversed()
      .flatMap(({ hooks }) => hooks.afterEach),
  ]
  for (const step of after) {
    try {
      await limited(step, one.limitMs)
    } catch (thrown) {
      error ??= `afterwards: ${describeError(thrown)}`
    }
  }
  const milliseconds = Math.round(performance.now() - started)
  return error === undefined ? { title, state: 'passed', milliseconds } : { title, state: 'failed', error, milliseconds }
}

function ancestors(one: Group): Group[] {
  return one.parent === undefined ? [one] : [...ancestors(one.parent), one]
}

function titleOf(one: Group): string {
  return ancestors(one)
    .map(({ title }) => title)
    .filter((title) => title !== '')
    .join(' > ')
}

async function limited(body: Body, limitMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${limitMs} ms`)), limitMs)
  })
  try {
    await Promise.race([Promise.resolve(body()), late])
  } finally {
    clearTimeout(timer)
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 6).join(' | ') : String(error)
}
