/*
 * Tokenizer of POSIX shell and bash (IEEE Std 1003.1, chapter 2; bash manual, chapter 3). It recovers from everything: half a script
 * is better than none. `${{ … }}` is one unit here, because GitHub replaces it before the shell reads anything.
 */
import type { Assignment, Command, Part, Quote, Redirect, Script, Word } from './script.ts'

/** Nesting of substitutions beyond which the rest is taken as text. */
const DEPTH_MAX = 40

export function parseBash(text: string): Script {
  const state: State = { text, at: 0, commands: [], quotes: [], heredocs: [], depth: 0 }
  while (state.at < text.length) {
    const before = state.at
    parseList(state, undefined)
    // A stray closing bracket stops a list; outside of every list it is skipped.
    if (state.at === before) state.at++
  }
  return { commands: state.commands, quotes: state.quotes }
}

interface Pending {
  readonly redirect: { body: Word | undefined }
  readonly end: string
  readonly quoted: boolean
  readonly stripTabs: boolean
}

interface State {
  readonly text: string
  at: number
  readonly commands: Command[]
  readonly quotes: { start: number; end: number; quote: Quote }[]
  heredocs: Pending[]
  depth: number
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
type Draft = Writable<Command> & { redirects: Redirect[] }

const OPENERS: ReadonlySet<string> = new Set(['{', 'if', 'while', 'until', 'for', 'case', 'select'])
const CLOSERS: ReadonlySet<string> = new Set(['}', 'fi', 'done', 'esac'])
const SKIPPED: ReadonlySet<string> = new Set(['then', 'else', 'elif', 'do', '!', 'in', 'function', 'time', 'coproc'])
const DECLARERS: ReadonlySet<string> = new Set(['export', 'declare', 'local', 'readonly', 'typeset'])

interface Group {
  readonly opener: string
  /** Index of the first command inside. */
  readonly from: number
  readonly input: Command | undefined
}

/** Parses commands until `terminator` (`)` or a backtick) or the end. Returns the commands of this list. */
function parseList(state: State, terminator: string | undefined): Command[] {
  const { text } = state
  const mine: Command[] = []
  const groups: Group[] = []
  let input: Command | undefined
  let inPattern = false
  while (state.at < text.length) {
    skipBlanks(state)
    const char = text[state.at]
    if (char === undefined) break
    if (char === terminator && !inPattern && !groups.some((group) => group.opener === '(')) break
    if (char === '\n') {
      state.at++
      readHeredocs(state)
      input = undefined
      continue
    }
    if (char === '#') {
      readComment(state)
      continue
    }
    if (inPattern) {
      if (!/^esac\b/.test(text.slice(state.at, state.at + 5))) {
        skipPattern(state)
        inPattern = false
        continue
      }
      inPattern = false
    }
    if (text.startsWith(';;', state.at)) {
      state.at += 2
      if (text[state.at] === '&') state.at++
      inPattern = groups.some((group) => group.opener === 'case')
      input = undefined
      continue
    }
    if (char === ';' || char === '&') {
      if (char === '&' && text[state.at + 1] === '>') {
        // `&>` begins a redirect of an empty command.
      } else {
        state.at++
        input = undefined
        continue
      }
    }
    if (char === '|') {
      const or = text[state.at + 1] === '|'
      state.at += or || text[state.at + 1] === '&' ? 2 : 1
      input = or ? undefined : mine.at(-1)
      continue
    }
    if (char === '(') {
      if (text[state.at + 1] === '(') {
        skipArithmetic(state)
        continue
      }
      state.at++
      groups.push({ opener: '(', from: state.commands.length, input })
      input = undefined
      continue
    }
    if (char === ')') {
      const group = popGroup(groups, '(')
      if (!group) break
      state.at++
      closeGroup(state, group)
      continue
    }

    const keyword = /^(?:[a-z]+|[{}!])(?=$|[\s;&|()<>])/.exec(text.slice(state.at, state.at + 12))?.[0]
    if (keyword !== undefined && CLOSERS.has(keyword)) {
      state.at += keyword.length
      const group = popGroup(groups, undefined)
      if (group) closeGroup(state, group)
      continue
    }
    if (keyword !== undefined && SKIPPED.has(keyword)) {
      state.at += keyword.length
      continue
    }
    if (keyword !== undefined && OPENERS.has(keyword)) {
      groups.push({ opener: keyword, from: state.commands.length, input })
      if (keyword !== 'for' && keyword !== 'case' && keyword !== 'select') {
        state.at += keyword.length
        continue
      }
    }
    const before = state.at
    const command = parseCommand(state, input, terminator)
    if (command) {
      mine.push(command)
      state.commands.push(command)
      // The first command of a group reads what is piped into the group.
      const group = groups.at(-1)
      if (!input && group?.input && group.from === state.commands.length - 1) command.input = group.input
      if (command.name === 'case') inPattern = true
    }
    input = undefined
    if (state.at === before) state.at++
  }
  return mine
}

function popGroup(groups: Group[], opener: string | undefined): Group | undefined {
  for (let at = groups.length - 1; at >= 0; at--) {
    const group = groups[at]
    if (group && (opener === undefined ? group.opener !== '(' : group.opener === opener)) {
      groups.length = at
      return group
    }
  }
  return undefined
}

/** Gives the redirects after `}`, `done` or `)` to every command inside. */
function closeGroup(state: State, group: Group): void {
  const redirects: Redirect[] = []
  // Commands inside of a redirect's own target are not redirected by it.
  const to = state.commands.length
  for (;;) {
    skipBlanks(state)
    const redirect = parseRedirect(state)
    if (!redirect) break
    redirects.push(redirect)
  }
  if (redirects.length === 0) return
  for (let at = group.from; at < to; at++) {
    const command = state.commands[at]
    // Safe: the array of redirects was made by this parser for this command and nobody else holds it.
    if (command) (command.redirects as Redirect[]).push(...redirects)
  }
}

function parseCommand(state: State, input: Command | undefined, terminator: string | undefined): Draft | undefined {
  const { text } = state
  const start = state.at
  const words: Word[] = []
  const assignments: Assignment[] = []
  const redirects: Redirect[] = []
  let end = start
  while (state.at < text.length) {
    skipBlanks(state)
    const char = text[state.at]
    if (char === undefined || char === '\n' || char === ';' || char === '|') break
    if (char === '#') {
      readComment(state)
      break
    }
    const test = words[0]?.text === '[['
    if (char === '&' && text[state.at + 1] !== '>') {
      if (!test) break
    }
    if ((char === ')' || char === terminator) && !test) break
    if (char === '(' && !test) {
      // `name()` declares a function; `name=(…)` is handled with the assignment.
      if (words.length === 1 && /^\(\s*\)/.test(text.slice(state.at, state.at + 8))) {
        state.at = text.indexOf(')', state.at) + 1
        return undefined
      }
      break
    }
    if (!test) {
      const redirect = parseRedirect(state)
      if (redirect) {
        redirects.push(redirect)
        end = state.at
        continue
      }
    }
    if (test && /[<>&()]/.test(char)) {
      state.at++
      continue
    }
    const declares = words.length > 0 && DECLARERS.has(words[0]?.text ?? '')
    if (words.length === 0 || declares) {
      const assignment = parseAssignment(state, declares)
      if (assignment) {
        assignments.push(assignment)
        end = state.at
        continue
      }
    }
    const before = state.at
    const word = parseWord(state, terminator)
    if (state.at === before) {
      state.at++
      continue
    }
    words.push(word)
    end = state.at
    if (test && word.text === ']]') break
    if (words[0]?.text === 'case' && word.text === 'in') break
  }
  if (words.length === 0 && assignments.length === 0 && redirects.length === 0) return undefined
  return { name: words[0]?.text ?? '', words, assignments, redirects, input, start, end }
}

function parseAssignment(state: State, exported: boolean): Assignment | undefined {
  const match = /^([A-Za-z_]\w*)(?:\[[^\]\n]*\])?\+?=/.exec(state.text.slice(state.at, state.at + 200))
  if (!match) return undefined
  const start = state.at
  state.at += match[0].length
  if (state.text[state.at] === '(') {
    // An array: its words count as one value.
    const from = ++state.at
    const parts: Part[] = []
    while (state.at < state.text.length && state.text[state.at] !== ')') {
      if (/\s/.test(state.text[state.at] ?? '')) {
        state.at++
        continue
      }
      const before = state.at
      parts.push(...parseWord(state, ')').parts)
      if (state.at === before) state.at++
    }
    const word: Word = { text: state.text.slice(from, state.at), parts, start: from, end: state.at }
    state.at++
    return { name: match[1] ?? '', value: word, exported, start, end: state.at }
  }
  const value = parseWord(state, undefined)
  return { name: match[1] ?? '', value: value.parts.length > 0 ? value : undefined, exported, start, end: state.at }
}

function parseRedirect(state: State): Redirect | undefined {
  const match = /^(?:\d{1,2}|&)?(<<-|<<<|<<|<>|<&|>>|>\||>&|<|>)/.exec(state.text.slice(state.at, state.at + 6))
  if (!match) return undefined
  const operator = match[1] ?? ''
  // `<(…)` and `>(…)` are substitutions.
  if ((operator === '<' || operator === '>') && state.text[state.at + match[0].length] === '(') return undefined
  const start = state.at
  state.at += match[0].length
  skipBlanks(state)
  const target = parseWord(state, undefined)
  const redirect: Writable<Redirect> = {
    operator: match[0].startsWith('&') ? `&${operator}` : operator,
    target,
    body: undefined,
    start,
    end: state.at,
  }
  if (operator === '<<' || operator === '<<-') {
    const quoted = target.parts.some((part) => part.quote !== 'none') || state.text.slice(target.start, target.end).includes('\\')
    state.heredocs.push({ redirect, end: target.text.replaceAll('\\', ''), quoted, stripTabs: operator === '<<-' })
  }
  return redirect
}

function readHeredocs(state: State): void {
  for (const pending of state.heredocs.splice(0)) {
    const start = state.at
    let end = state.text.length
    let next = state.text.length
    for (let line = start; line < state.text.length;) {
      const newline = state.text.indexOf('\n', line)
      const stop = newline === -1 ? state.text.length : newline
      const raw = state.text.slice(line, stop)
      if ((pending.stripTabs ? raw.replace(/^\t+/, '') : raw).trimEnd() === pending.end) {
        end = line
        next = newline === -1 ? stop : newline + 1
        break
      }
      line = newline === -1 ? state.text.length : newline + 1
    }
    const quote: Quote = pending.quoted ? 'heredoc-quoted' : 'heredoc'
    if (end > start) state.quotes.push({ start, end, quote })
    const inner: State = { ...state, text: state.text.slice(0, end), heredocs: [] }
    inner.at = start
    const parts: Part[] = []
    readParts(inner, parts, quote, () => false)
    pending.redirect.body = { text: state.text.slice(start, end), parts, start, end }
    state.at = next
  }
}

function parseWord(state: State, terminator: string | undefined): Word {
  const start = state.at
  const parts: Part[] = []
  readParts(state, parts, 'none', (char) => /[\s;&|<>()]/.test(char) || char === terminator)
  return {
    text: parts.map((part) => (part.kind === 'text' ? part.value : state.text.slice(part.start, part.end))).join(''),
    parts,
    start,
    end: state.at,
  }
}

/** Reads parts in one quoting state until `stops` says so, or the end. */
function readParts(state: State, parts: Part[], quote: Quote, stops: (char: string) => boolean): void {
  const { text } = state
  let from = state.at
  let value = ''
  const flush = (): void => {
    if (value !== '') parts.push({ kind: 'text', value, quote, start: from, end: state.at })
    value = ''
  }
  const literal = quote === 'single' || quote === 'heredoc-quoted'
  while (state.at < text.length) {
    const char = text[state.at] ?? ''
    if (text.startsWith('${{', state.at)) {
      flush()
      const close = text.indexOf('}}', state.at)
      const end = close === -1 ? text.length : close + 2
      parts.push({ kind: 'expression', quote, start: state.at, end })
      state.at = from = end
      continue
    }
    if (stops(char) && !((char === '<' || char === '>') && text[state.at + 1] === '(' && quote === 'none')) break
    if (!literal && char === '\\') {
      const next = text[state.at + 1] ?? ''
      if (next === '\n') {
        flush()
        state.at += 2
        from = state.at
        continue
      }
      // In double quotes a backslash is only special before these.
      value += quote === 'none' || '$`"\\'.includes(next) ? next : `\\${next}`
      state.at += 2
      continue
    }
    if (quote === 'none' && (char === "'" || (char === '$' && text[state.at + 1] === "'"))) {
      flush()
      readSingle(state, parts)
      from = state.at
      continue
    }
    if (quote === 'none' && (char === '"' || (char === '$' && text[state.at + 1] === '"'))) {
      flush()
      readDouble(state, parts)
      from = state.at
      continue
    }
    if (!literal && char === '$') {
      const before = state.at
      flush()
      if (readDollar(state, parts, quote)) {
        from = state.at
        continue
      }
      state.at = before
    }
    if (!literal && char === '`') {
      flush()
      readNested(state, parts, quote, 1, '`')
      from = state.at
      continue
    }
    if (quote === 'none' && (char === '<' || char === '>') && text[state.at + 1] === '(') {
      flush()
      readNested(state, parts, quote, 2, ')')
      from = state.at
      continue
    }
    if (value === '') from = state.at
    value += char
    state.at++
  }
  flush()
}

function readSingle(state: State, parts: Part[]): void {
  const start = state.at
  const ansi = state.text[start] === '$'
  state.at += ansi ? 2 : 1
  const inner = state.at
  let end = inner
  for (;;) {
    // An expression may hold quotes of its own, which the shell never sees.
    const quote = state.text.indexOf("'", end)
    const fence = state.text.indexOf('${{', end)
    if (fence !== -1 && (quote === -1 || fence < quote)) {
      const close = state.text.indexOf('}}', fence)
      if (close !== -1) {
        end = close + 2
        continue
      }
    }
    end = quote === -1 ? state.text.length : quote
    if (ansi && state.text[end - 1] === '\\' && end < state.text.length) {
      end++
      continue
    }
    break
  }
  const body: State = { ...state, text: state.text.slice(0, end) }
  body.at = inner
  const before = parts.length
  readParts(body, parts, 'single', () => false)
  if (parts.length === before) parts.push({ kind: 'text', value: '', quote: 'single', start, end })
  state.at = Math.min(end + 1, state.text.length)
  state.quotes.push({ start, end: state.at, quote: 'single' })
}

function readDouble(state: State, parts: Part[]): void {
  const start = state.at
  state.at += state.text[start] === '$' ? 2 : 1
  const before = parts.length
  readParts(state, parts, 'double', (char) => char === '"')
  if (parts.length === before) parts.push({ kind: 'text', value: '', quote: 'double', start, end: state.at })
  state.at = Math.min(state.at + 1, state.text.length)
  state.quotes.push({ start, end: state.at, quote: 'double' })
}

/** Reads what follows `$`; false when the `$` stands for itself. */
function readDollar(state: State, parts: Part[], quote: Quote): boolean {
  const { text } = state
  const start = state.at
  const next = text[start + 1] ?? ''
  if (next === '(') {
    if (text[start + 2] === '(') {
      skipArithmetic(state)
      parts.push({ kind: 'text', value: '0', quote, start, end: state.at })
      return true
    }
    readNested(state, parts, quote, 2, ')')
    return true
  }
  if (next === '{') {
    const match = /^\$\{[#!]?([A-Za-z_]\w*|[0-9@*#?$!-])/.exec(text.slice(start, start + 200))
    const end = closingBrace(text, start + 2)
    const name = match?.[1] ?? ''
    const operator = match ? text.slice(start + match[0].length, end) : ''
    parts.push({ kind: 'variable', name, operator, quote, start, end: Math.min(end + 1, text.length) })
    state.at = Math.min(end + 1, text.length)
    return true
  }
  const match = /^\$([A-Za-z_]\w*|[0-9@*#?$!-])/.exec(text.slice(start, start + 200))
  if (!match) return false
  state.at += match[0].length
  parts.push({ kind: 'variable', name: match[1] ?? '', operator: '', quote, start, end: state.at })
  return true
}

function closingBrace(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('${{', at)) {
      const close = text.indexOf('}}', at)
      if (close === -1) return text.length
      at = close + 1
    } else if (text[at] === '{') depth++
    else if (text[at] === '}') {
      if (depth === 0) return at
      depth--
    } else if (text[at] === '\\') at++
  }
  return text.length
}

function readNested(state: State, parts: Part[], quote: Quote, opening: number, terminator: string): void {
  const start = state.at
  if (state.depth >= DEPTH_MAX) {
    state.at = state.text.length
    return
  }
  state.at += opening
  state.depth++
  const commands = parseList(state, terminator)
  state.depth--
  if (state.text[state.at] === terminator) state.at++
  parts.push({ kind: 'substitution', commands, quote, start, end: state.at })
  // Inside a substitution quoting starts afresh.
  state.quotes.push({ start: start + opening, end: Math.max(start + opening, state.at - 1), quote: 'none' })
}

function skipBlanks(state: State): void {
  const { text } = state
  for (;;) {
    const char = text[state.at]
    if (char === ' ' || char === '\t' || char === '\r') state.at++
    else if (char === '\\' && (text[state.at + 1] === '\n' || text.startsWith('\r\n', state.at + 1)))
      state.at += text[state.at + 1] === '\n' ? 2 : 3
    else return
  }
}

function readComment(state: State): void {
  const end = state.text.indexOf('\n', state.at)
  const stop = end === -1 ? state.text.length : end
  state.quotes.push({ start: state.at, end: stop, quote: 'comment' })
  state.at = stop
}

function skipPattern(state: State): void {
  const { text } = state
  while (state.at < text.length && text[state.at] !== ')') {
    if (text[state.at] === "'" || text[state.at] === '"') {
      const close = text.indexOf(text[state.at] ?? '', state.at + 1)
      state.at = close === -1 ? text.length : close + 1
    } else state.at += text[state.at] === '\\' ? 2 : 1
  }
  state.at++
}

function skipArithmetic(state: State): void {
  const close = state.text.indexOf('))', state.at)
  state.at = close === -1 ? state.text.length : close + 2
}
