/*
 * The few expressions the fixture needs: dotted names inside `${{ }}`, and the status functions in `if`. It is no
 * expression language; packages/analyzer has that.
 */

/** Values by dotted name, such as `github.sha` or `steps.build.outputs.version`; absent names are empty, as on GitHub. */
export type Lookup = (name: string) => string | undefined

const EXPRESSION = /\$\{\{\s*(.*?)\s*\}\}/g
const NAME = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*$/

/**
 * Replaces every expression of a text.
 * @throws {Error} for an expression that is more than a dotted name: silently empty would hide a mistake in a scenario.
 */
export function expand(text: string, lookup: Lookup): string {
  return text.replace(EXPRESSION, (_, inner: string) => {
    if (!NAME.test(inner)) throw new Error(`the runner fixture cannot evaluate "${inner}"`)
    return lookup(inner) ?? ''
  })
}

/** Expands every value of a map. */
export function expandAll(values: Readonly<Record<string, string>>, lookup: Lookup): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, expand(value, lookup)]))
}

/**
 * Whether a step runs, given how the job is doing so far.
 * @throws {Error} for a condition other than the status functions and the constants.
 */
export function shouldRun(condition: string | undefined, job: 'success' | 'failure' | 'cancelled'): boolean {
  const inner = (condition ?? 'success()').replace(/^\$\{\{\s*(.*?)\s*\}\}$/, '$1')
  switch (inner) {
    case 'success()':
    case 'true':
      return job === 'success'
    case 'failure()':
      return job === 'failure'
    case 'always()':
      return true
    case '!cancelled()':
      return job !== 'cancelled'
    case 'false':
      return false
    default:
      throw new Error(`the runner fixture cannot evaluate the condition "${inner}"`)
  }
}
