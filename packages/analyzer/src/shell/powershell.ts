/*
 * Tokenizer of PowerShell (about_Parsing, about_Quoting_Rules): statements, words, pipes, redirects and here-strings. Expressions of
 * the language (operators, hash tables) are words here; rules look for variables and cmdlets.
 */
import type { Assignment, Command, Part, Quote, Redirect, Script, Word } from './script.ts'

export function parsePowerShell(text: string): Script {
  const state: State = { text, at: 0, quotes: [], commands: [] }
  let input: Command | undefined
  while (state.at < text.length) {
    const char = text[state.at] ?? ''
    if (/[\s;{}()]/.test(char) || (char === '&' && /\s/.test(text[state.at + 1] ?? ''))) {
      if (char === '\n' || char === ';') input = undefined
      state.at++
    } else if (skipComment(state)) continue
    else if (char === '|') {
      state.at++
      input = state.commands.at(-1)
    } else {
      const before = state.at
      const command = parseStatement(state, input)
      if (command) state.commands.push(command)
      input = undefined
      if (state.at === before) state.at++
    }
  }
  return { commands: state.commands, quotes: state.quotes }
}

interface State {
  readonly text: string
  at: number
  readonly quotes: { start: number; end: number; quote: Quote }[]
  readonly commands: Command[]
}

function skipComment(state: State): boolean {
  const { text } = state
  const block = text.startsWith('<#', state.at)
  if (!block && text[state.at] !== '#') return false
  const end = text.indexOf(block ? '#>' : '\n', state.at)
  const stop = end === -1 ? text.length : end + (block ? 2 : 0)
  state.quotes.push({ start: state.at, end: stop, quote: 'comment' })
  state.at = stop
  return true
}

function parseStatement(state: State, input: Command | undefined): Command | undefined {
  const { text } = state
  const start = state.at
  const words: Word[] = []
  const assignments: Assignment[] = []
  const redirects: Redirect[] = []
  let end = start

  const assigned = /^\$(env:)?(\w+)\s*\+?=(?!=)/i.exec(text.slice(start, start + 200))
  if (assigned) {
    state.at += assigned[0].length
    skipBlanks(state)
    const from = state.at
    const parts: Part[] = []
    while (state.at < text.length && !/[\n;|]/.test(text[state.at] ?? '')) {
      const before = state.at
      parts.push(...parseWord(state).parts)
      if (state.at === before) state.at++
      skipBlanks(state)
    }
    const value: Word = { text: text.slice(from, state.at), parts, start: from, end: state.at }
    return {
      name: '',
      words,
      assignments: [{ name: assigned[2] ?? '', value, exported: assigned[1] !== undefined, start, end: state.at }],
      redirects,
      input,
      start,
      end: state.at,
    }
  }

  while (state.at < text.length) {
    skipBlanks(state)
    const char = text[state.at]
    if (char === undefined || /[\n;|{}]/.test(char)) break
    if (char === '#' && skipComment(state)) continue
    const redirect = /^(?:[1-6*])?>>?/.exec(text.slice(state.at, state.at + 4))
    if (redirect && char !== '-') {
      const from = state.at
      state.at += redirect[0].length
      skipBlanks(state)
      const target = parseWord(state)
      redirects.push({ operator: redirect[0].replace(/^[1-6*]/, ''), target, body: undefined, start: from, end: state.at })
      end = state.at
      continue
    }
    const before = state.at
    const word = parseWord(state)
    if (state.at === before) {
      state.at++
      continue
    }
    words.push(word)
    end = state.at
  }
  if (words.length === 0 && redirects.length === 0) return undefined
  return { name: words[0]?.text ?? '', words, assignments, redirects, input, start, end }
}

function parseWord(state: State): Word {
  const { text } = state
  const start = state.at
  const parts: Part[] = []
  let value = ''
  let from = start
  const flush = (): void => {
    if (value !== '') parts.push({ kind: 'text', value, quote: 'none', start: from, end: state.at })
    value = ''
  }
  while (state.at < text.length) {
    const char = text[state.at] ?? ''
    if (readExpression(state, parts, 'none', flush)) {
      from = state.at
      continue
    }
    if (/[\s;|{}]/.test(char) || (char === '>' && value === '')) break
    if (char === '`') {
      if (text[state.at + 1] === '\n') break
      value += text[state.at + 1] ?? ''
      state.at += 2
    } else if (char === "'" || char === '"' || (char === '@' && /['"]/.test(text[state.at + 1] ?? ''))) {
      flush()
      readString(state, parts)
      from = state.at
    } else if (char === '$' && readVariable(state, parts, 'none', flush)) from = state.at
    else {
      if (value === '') from = state.at
      value += char
      state.at++
    }
  }
  flush()
  return {
    text: parts.map((part) => (part.kind === 'text' ? part.value : text.slice(part.start, part.end))).join(''),
    parts,
    start,
    end: state.at,
  }
}

function readString(state: State, parts: Part[]): void {
  const { text } = state
  const start = state.at
  const here = text[start] === '@'
  const mark = text[here ? start + 1 : start] ?? "'"
  const quote: Quote = mark === "'" ? 'single' : 'double'
  state.at += here ? 2 : 1
  let value = ''
  let from = state.at
  const before = parts.length
  const flush = (): void => {
    if (value !== '') parts.push({ kind: 'text', value, quote, start: from, end: state.at })
    value = ''
  }
  while (state.at < text.length) {
    if (readExpression(state, parts, quote, flush)) {
      from = state.at
      continue
    }
    if (here ? text.startsWith(`\n${mark}@`, state.at) : text[state.at] === mark) {
      if (!here && text[state.at + 1] === mark) {
        value += mark
        state.at += 2
        continue
      }
      break
    }
    const char = text[state.at] ?? ''
    if (quote === 'double' && char === '`' && !here) {
      value += text[state.at + 1] ?? ''
      state.at += 2
    } else if (quote === 'double' && char === '$' && readVariable(state, parts, quote, flush)) from = state.at
    else {
      if (value === '') from = state.at
      value += char
      state.at++
    }
  }
  flush()
  if (parts.length === before) parts.push({ kind: 'text', value: '', quote, start, end: state.at })
  state.at = Math.min(text.length, state.at + (here ? 3 : 1))
  state.quotes.push({ start, end: state.at, quote })
}

function readExpression(state: State, parts: Part[], quote: Quote, flush: () => void): boolean {
  if (!state.text.startsWith('${{', state.at)) return false
  flush()
  const close = state.text.indexOf('}}', state.at)
  const end = close === -1 ? state.text.length : close + 2
  parts.push({ kind: 'expression', quote, start: state.at, end })
  state.at = end
  return true
}

function readVariable(state: State, parts: Part[], quote: Quote, flush: () => void): boolean {
  const match = /^\$(?:\{(?:env:)?([^}\n]+)\}|(?:(?:env|script|global):)?([A-Za-z_]\w*))/i.exec(state.text.slice(state.at, state.at + 200))
  if (!match) return false
  flush()
  const start = state.at
  state.at += match[0].length
  parts.push({ kind: 'variable', name: match[1] ?? match[2] ?? '', operator: '', quote, start, end: state.at })
  return true
}

function skipBlanks(state: State): void {
  for (;;) {
    const char = state.text[state.at]
    if (char === ' ' || char === '\t' || char === '\r') state.at++
    else if (char === '`' && /^`\r?\n/.test(state.text.slice(state.at, state.at + 3))) state.at += state.text[state.at + 1] === '\r' ? 3 : 2
    else return
  }
}
