/* Patterns with `*` (within a part), `**` (across parts) and `?`, as `.gitignore` users expect; no brackets. */

const compiled = new Map<string, RegExp>()

/** Whether a path matches a pattern. A pattern without `/` matches the last part of the path, or any folder of that name. */
export function matchesPath(pattern: string, path: string): boolean {
  const anchored = pattern.replace(/^\.?\//, '')
  if (!anchored.includes('/')) return path.split('/').some((part) => toRegExp(anchored).test(part))
  return toRegExp(anchored.endsWith('/') ? `${anchored}**` : anchored).test(path)
}

/** Whether a name such as `actions/checkout` matches `actions/*`, `actions/checkout` or `*`. No case. */
export function matchesName(pattern: string, name: string): boolean {
  const plain = pattern.toLowerCase()
  // A bare `*` and a pattern of one part mean every name, or every name of that owner.
  return toRegExp(plain === '*' ? '**' : plain.includes('/') ? plain.replace(/\/\*$/, '/**') : `${plain}/**`).test(name.toLowerCase())
}

function toRegExp(pattern: string): RegExp {
  let expression = compiled.get(pattern)
  if (!expression) {
    const source = pattern.replace(/\*\*\/?|\*|\?|[.+^${}()|[\]\\]/g, (token) => {
      if (token === '**/') return '(?:.*/)?'
      if (token === '**') return '.*'
      if (token === '*') return '[^/]*'
      if (token === '?') return '[^/]'
      return `\\${token}`
    })
    expression = new RegExp(`^${source}$`)
    if (compiled.size < 1_000) compiled.set(pattern, expression)
  }
  return expression
}
