import { commandsOf, pipeline, programOf, type Command } from '../../shell/index.ts'
import { sourceRange } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const pipedDownload = defineRule({
  id: 'piped-download',
  title: 'A downloaded script runs unseen',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['B11'],
  cwe: ['CWE-494'],
  cicd: ['CICD-SEC-3'],
  attack: ['T1059.004'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run) return
    for (const command of commandsOf(step)) {
      const download = downloadInto(command)
      if (!download || isImmutable(download.url)) continue
      yield {
        at: sourceRange(run, download.start, command.end > download.start ? command.end : download.end),
        confidence: 'high',
        level: isKnownInstaller(download.url) ? 'strict' : 'default',
        severity: download.url.startsWith('http:') ? 'high' : 'medium',
        message: `What ${download.url === '' ? 'this download' : `\`${download.url.slice(0, 120)}\``} answers runs at once; nobody can tell what it was, or that it changed.`,
      }
    }
  },
})

const SHELLS = /^(?:ba|z|da|k|fi)?sh$|^(?:python[\d.]*|perl|ruby|node|php|pwsh|powershell|iex|Invoke-Expression)$/

interface Download {
  readonly url: string
  readonly start: number
  readonly end: number
}

/** The download that a command runs: through a pipe, a substitution, or `eval`. */
function downloadInto(command: Command): Download | undefined {
  const { program, args } = programOf(command)
  if (SHELLS.test(program)) {
    // `python -c …` and `node -e …` take the download as data.
    const reads =
      !args.some((arg) => /^-(?:c|e|m|p)$/.test(arg.text)) &&
      !args.some((arg) => !arg.text.startsWith('-') && /\.(?:py|js|sh|rb|pl|ts|mjs)$/.test(arg.text))
    if (reads && command.input)
      for (const input of pipeline(command.input)) {
        const found = download(input)
        if (found) return found
      }
  }
  if (SHELLS.test(program) || program === 'eval' || program === 'source' || program === '.') {
    for (const arg of args) {
      for (const part of arg.parts)
        if (part.kind === 'substitution')
          for (const inner of part.commands) {
            const found = download(inner)
            if (found) return { ...found, start: command.start, end: command.end }
          }
    }
  }
  return undefined
}

function download(command: Command): Download | undefined {
  const { program, args } = programOf(command)
  if (!/^(?:curl|wget|aria2c|http|fetch|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)$/i.test(program)) return undefined
  const url = args.map((arg) => arg.text).find((text) => /^https?:/.test(text)) ?? ''
  return { url, start: command.start, end: command.end }
}

/** A file of GitHub at a full commit does not change. */
function isImmutable(url: string): boolean {
  return (
    /^https:\/\/raw\.githubusercontent\.com\/[^/]+\/[^/]+\/[0-9a-f]{40}\//.test(url) ||
    /^https:\/\/github\.com\/[^/]+\/[^/]+\/raw\/[0-9a-f]{40}\//.test(url)
  )
}

/** Installers whose owners publish no other way. */
function isKnownInstaller(url: string): boolean {
  return /^https:\/\/(?:sh\.rustup\.rs|get\.docker\.com|astral\.sh\/uv|bun\.sh\/install|deno\.land\/(?:x\/)?install|get\.sdkman\.io|install\.python-poetry\.org|get\.pnpm\.io)/.test(
    url,
  )
}
