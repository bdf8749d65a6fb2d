/* Text that the launcher prints about commands. All of it is made from the command table. */

/** The overview: `gatehouse`, `gatehouse help`. */
export function overview(commands, version) {
  return [
    `Gatehouse ${version}: see and secure what CI jobs do.`,
    '',
    'Usage: gatehouse COMMAND [options]',
    '',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'gatehouse help COMMAND explains one of them.',
    '',
  ].join('\n')
}

/** The page of one command: `gatehouse help run`, `gatehouse run --help`. */
export function page(command) {
  const lines = [command.summary, '', `Usage: gatehouse ${command.name} ${command.usage}`]
  if (command.options.length > 0) lines.push('', ...columns(command.options))
  lines.push('', 'Examples:')
  for (const [line, meaning] of command.examples) lines.push(`  ${line}`, `      ${meaning}`)
  return `${lines.join('\n')}\n`
}

/** What to say to a name that is no command; suggests the nearest one when it is plausibly a slip. */
export function unknown(name, commands) {
  const [nearest] = commands
    .map((command) => ({ name: command.name, edits: distance(name, command.name) }))
    .toSorted((a, b) => a.edits - b.edits)
  const hint = nearest && nearest.edits <= 2 ? ` Did you mean "${nearest.name}"?` : ''
  return `gatehouse: there is no command "${printable(name)}".${hint}\nCommands: ${commands.map((command) => command.name).join(', ')}.\n`
}

function columns(rows) {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

/** A mistyped name may hold anything; the terminal must not obey it. */
function printable(text) {
  return text.slice(0, 40).replace(/[^\x20-\x7e]/g, '?')
}

/** Levenshtein distance, of short words. */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= Math.min(a.length, 64); i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]
}
