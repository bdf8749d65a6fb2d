/*
 * `npm run check`: everything that can be said of the code without running the product. Two commands at a time, because two
 * cores are what we plan for. Each prints only when it fails.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './root.ts'

interface Check {
  readonly name: string
  readonly catches: string
  readonly argv: readonly string[]
}

const bin = (name: string, ...argv: readonly string[]) => [path.join(ROOT, 'node_modules/.bin', name), ...argv]
const tool = (file: string, ...argv: readonly string[]) => [process.execPath, path.join(ROOT, file), ...argv]

const CHECKS: readonly Check[] = [
  { name: 'types: libraries', catches: 'I/O in a pure package', argv: bin('tsc', '-p', 'tsconfig.pure.json') },
  { name: 'types: programs', catches: 'type errors', argv: bin('tsc', '-p', 'tsconfig.node.json') },
  { name: 'types: console', catches: 'Node in the browser', argv: bin('tsc', '-p', 'tsconfig.console.json') },
  { name: 'lint', catches: 'cycles, unsafe types, lost promises', argv: bin('oxlint', '--type-aware', '--deny-warnings') },
  { name: 'format', catches: 'noise in diffs', argv: bin('oxfmt', '--check', '.') },
  { name: 'unused', catches: 'dead files, exports, dependencies', argv: bin('knip', '--no-progress') },
  { name: 'generated', catches: 'stale generated files', argv: tool('tools/generate.ts', '--check') },
  {
    name: 'tidy',
    catches: 'arrows against the architecture, dead links, unpinned workflows',
    argv: tool('node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', 'tools/architecture', 'tools/tidy', 'tools/prebuilt'),
  },
]

process.exitCode = await main()

async function main(): Promise<number> {
  const waiting = CHECKS.filter(({ argv }) => argv[0] === process.execPath || existsSync(argv[0] ?? ''))
  if (waiting.length !== CHECKS.length) {
    console.error('check: a tool is not installed; run npm ci')
    return 1
  }
  let failed = 0
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const { code, output, seconds } = await run(check.argv)
      console.log(
        `${code === 0 ? '✓' : '✗'} ${check.name.padEnd(18)} ${seconds.toFixed(1).padStart(5)} s  ${code === 0 ? '' : `(${check.catches})`}`,
      )
      if (code === 0) continue
      failed += 1
      console.log(output.trimEnd())
    }
  }
  await Promise.all([worker(), worker()])
  return failed === 0 ? 0 : 1
}

function run(argv: readonly string[]): Promise<{ code: number; output: string; seconds: number }> {
  const [program = '', ...rest] = argv
  const start = performance.now()
  return new Promise((resolve) => {
    const child = spawn(program, rest, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const end = (code: number) => resolve({ code, output, seconds: (performance.now() - start) / 1000 })
    child.on('error', (error) => {
      output += error.message
      end(127)
    })
    child.on('close', (code) => end(code ?? 1))
  })
}
