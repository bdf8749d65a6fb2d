/* The command as a user meets it: what it reads, what it prints, and its exit code. All effects go through a made-up `Io`. */
import { expect, test } from 'vitest'
import { ScanReport } from '@gatehouse/schema'
import Value from 'typebox/value'
import { explain } from './commands/explain.ts'
import { fix } from './commands/fix.ts'
import { scan } from './commands/scan.ts'
import { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'

const BAD =
  'on: issues\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo "${{ github.event.issue.title }}"\n'
const GOOD = 'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n'

function fakeIo(files: Readonly<Record<string, string>>) {
  const written = new Map(Object.entries(files).map(([name, text]) => [`/repo/${name}`, text]))
  let stdout = ''
  let stderr = ''
  const io: Io = {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    read: (file) => new TextEncoder().encode(written.get(file) ?? ''),
    write: (file, text) => void written.set(file, text),
    kind: (file) => (written.has(file) ? 'file' : [...written.keys()].some((name) => name.startsWith(`${file}/`)) ? 'folder' : 'absent'),
    list(folder) {
      const names = new Set(
        [...written.keys()]
          .filter((name) => name.startsWith(`${folder}/`))
          .map((name) => name.slice(folder.length + 1).split('/')[0] ?? ''),
      )
      return [...names].sort().map((name) => ({ name, kind: written.has(`${folder}/${name}`) ? ('file' as const) : ('folder' as const) }))
    },
    cwd: '/repo',
    isTerminal: false,
    color: false,
    now: () => 0,
  }
  return { io, written, stdout: () => stdout, stderr: () => stderr }
}

test('findings are shown with their line and fail the run', () => {
  const { io, stdout } = fakeIo({ '.github/workflows/x.yml': BAD })
  expect(scan([], io)).toBe(ExitCode.Findings)
  expect(stdout()).toContain('.github/workflows/x.yml:7:20')
  expect(stdout()).toContain('^'.repeat('${{ github.event.issue.title }}'.length))
})

test('a clean repository exits with 0', () => {
  const { io, stdout } = fakeIo({ '.github/workflows/x.yml': GOOD })
  expect(scan([], io)).toBe(ExitCode.Ok)
  expect(stdout()).toContain('No findings in 1 file.')
})

test('a file that cannot be read fails the scan, and nothing of the others is lost', () => {
  const { io, stdout } = fakeIo({ '.github/workflows/broken.yml': 'jobs: [', '.github/workflows/x.yml': BAD })
  expect(scan([], io)).toBe(ExitCode.Incomplete)
  expect(stdout()).toContain('not analysed .github/workflows/broken.yml:1:')
  expect(stdout()).toContain('template-injection')
})

test.each([
  [['--format', 'xml']],
  [['--level', 'x']],
  [['--rule', 'no-such-rule']],
  [['--nonsense']],
  [['nowhere']],
  [['--config', 'none.yml']],
])('%j is a usage error that says what to do', (argv) => {
  const { io, stderr } = fakeIo({ '.github/workflows/x.yml': GOOD })
  expect(scan(argv, io)).toBe(ExitCode.Usage)
  expect(stderr()).toMatch(/^gatehouse scan: /)
})

test('the JSON report has the shape of the schema', () => {
  const { io, stdout } = fakeIo({ '.github/workflows/x.yml': BAD, '.github/workflows/broken.yml': 'a: [' })
  scan(['--format', 'json', '--level', 'audit'], io)
  expect([...Value.Errors(ScanReport, JSON.parse(stdout()))]).toEqual([])
})

test('annotations and Markdown cannot be broken out of', () => {
  const name = '.github/workflows/a|b,c.yml'
  const github = fakeIo({ [name]: BAD })
  scan(['--format', 'github'], github.io)
  expect(github.stdout()).toContain('file=.github/workflows/a|b%2Cc.yml,line=7')
  const markdown = fakeIo({ [name]: BAD })
  scan(['--format', 'markdown'], markdown.io)
  expect(markdown.stdout()).toContain('a\\|b,c.yml:7')
})

test('SARIF carries the flow, the help and a fix', () => {
  const { io, stdout } = fakeIo({ '.github/workflows/x.yml': BAD.replace('      - run', '      - uses: actions/checkout@v4\n      - run') })
  scan(['--format', 'sarif'], io)
  const [run] = JSON.parse(stdout()).runs
  const flow = run.results.find((result: { ruleId: string }) => result.ruleId === 'template-injection')
  expect(flow.codeFlows[0].threadFlows[0].locations.length).toBeGreaterThan(1)
  expect(run.results.find((result: { ruleId: string }) => result.ruleId === 'checkout-persists-credentials').fixes).toHaveLength(1)
  expect(run.tool.driver.rules[0].help.markdown).toContain('## Remediation')
})

test('ignore comments of ours and of zizmor take a finding out', () => {
  for (const comment of ['gatehouse: ignore[template-injection] known', 'zizmor: ignore[template-injection]']) {
    const { io } = fakeIo({ '.github/workflows/x.yml': BAD.replace('title }}"', `title }}" # ${comment}`) })
    expect(scan([], io)).toBe(ExitCode.Ok)
  }
})

test('a baseline takes out what was there and nothing new', () => {
  const { io, written } = fakeIo({ '.github/workflows/x.yml': BAD })
  expect(scan(['--write-baseline', 'base.json'], io)).toBe(ExitCode.Ok)
  expect(scan(['--baseline', 'base.json'], io)).toBe(ExitCode.Ok)
  written.set('/repo/.github/workflows/y.yml', BAD)
  expect(scan(['--baseline', 'base.json'], io)).toBe(ExitCode.Findings)
})

test('the configuration switches rules off, and a mistake in it stops the scan', () => {
  expect(scan([], fakeIo({ '.github/workflows/x.yml': BAD, 'gatehouse.yml': 'rules:\n  template-injection: off\n' }).io)).toBe(ExitCode.Ok)
  const wrong = fakeIo({ '.github/workflows/x.yml': BAD, 'gatehouse.yml': 'rules:\n  no-such: off\n' })
  expect(scan([], wrong.io)).toBe(ExitCode.Usage)
  expect(wrong.stderr()).toContain('gatehouse.yml:2:3: There is no rule "no-such".')
})

test('explain shows a page without the marks of the tests', () => {
  const { io, stdout } = fakeIo({})
  expect(explain(['template-injection'], io)).toBe(ExitCode.Ok)
  expect(stdout()).toContain('# An expression becomes part of a script')
  expect(stdout()).not.toMatch(/```yaml reported/)
  expect(explain(['nothing'], io)).toBe(ExitCode.Usage)
})

test('fix changes only what it says, and with --check nothing', () => {
  const before = GOOD.replace('      - run: make', '      - uses: actions/checkout@v4 # why\n      - run: make')
  const { io, written } = fakeIo({ '.github/workflows/x.yml': before })
  expect(fix(['--review', '--check'], io)).toBe(ExitCode.Findings)
  expect(written.get('/repo/.github/workflows/x.yml')).toBe(before)
  expect(fix(['--review'], io)).toBe(ExitCode.Ok)
  expect(written.get('/repo/.github/workflows/x.yml')).toBe(
    before.replace('# why\n', '# why\n        with:\n          persist-credentials: false\n'),
  )
})
