/*
 * How findings about conditions, permissions and secrets are rated. Pages show where a rule fires; here is what it says there: every
 * case below was noise, or a difference that matters, on real workflows.
 */
import { describe, expect, test } from 'vitest'
import { findingsOf } from '../testing.ts'
import { rules } from './index.ts'

function rated(id: string, text: string, ...others: readonly { path: string; text: string }[]): string[] {
  const rule = rules.find((one) => one.id === id)
  if (!rule) throw new Error(`there is no rule ${id}`)
  const files = [{ path: '.github/workflows/test.yml', text }, ...others]
  return findingsOf({ files }, rule).map((finding) => `${finding.level} ${finding.severity}`)
}

const JOB = `    runs-on: ubuntu-24.04
    steps:
`

const grantingJob = (comment: string) =>
  `on: push\njobs:\n  a:\n    permissions:\n      pull-requests: write${comment}\n${JOB}      - run: npm test\n`

const pushingJob = (persist: string) =>
  `on: push\njobs:\n  a:\n    permissions:\n      contents: write\n${JOB}      - uses: actions/checkout@v5\n${persist}      - run: ./release.sh\n`

const callOf = (on: string, uses: string) => `on: ${on}\njobs:\n  a:\n    uses: ${uses}\n    secrets: inherit\n`

const printingStep = (run: string) => `on: push\njobs:\n  a:\n${JOB}      - env:\n          KEY: \${{ secrets.KEY }}\n        run: ${run}\n`

const jobIf = (condition: string) => `on: pull_request_target\njobs:\n  a:\n    if: ${condition}\n${JOB}      - run: make\n`

const commandJob = (permissions: string, step = '- run: ./x') =>
  `on: issue_comment\npermissions:\n  ${permissions}\njobs:\n  a:\n    if: contains(github.event.comment.body, '/x')\n${JOB}      ${step}\n`

const scriptStep = (call: string) =>
  `- uses: actions/github-script@v8\n        with:\n          github-token: \${{ secrets.PAT }}\n          script: await github.rest.${call}({})`

const workflowWith = (secret: string) =>
  `on: push\nenv:\n  X: \${{ ${secret} }}\njobs:\n  a:\n${JOB}      - uses: example/one@v1\n  b:\n${JOB}      - run: make\n`

describe('missing-permissions', () => {
  test('rates a job higher that anybody can start', () => {
    const job = `jobs:\n  a:\n${JOB}      - run: make\n`
    expect(rated('missing-permissions', `on: push\n${job}`)).toEqual(['default medium'])
    expect(rated('missing-permissions', `on: issue_comment\n${job}`)).toEqual(['default high'])
    expect(rated('missing-permissions', `on: workflow_call\n${job}`)).toEqual(['strict medium'])
  })

  test('says nothing about a call whose callee limits itself', () => {
    const callee = { path: '.github/workflows/b.yml', text: `on: workflow_call\npermissions: {}\njobs:\n  b:\n${JOB}      - run: make\n` }
    expect(rated('missing-permissions', 'on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n', callee)).toEqual([])
  })
})

describe('excessive-permissions', () => {
  const twoUnknown = `jobs:\n  a:\n${JOB}      - uses: example/one@v1\n  b:\n${JOB}      - uses: example/two@v1\n`

  test('leaves two jobs of which nothing is known to the level strict, and speaks up for a third', () => {
    expect(rated('excessive-permissions', `on: push\npermissions:\n  contents: write\n${twoUnknown}`)).toEqual(['strict medium'])
    expect(
      rated(
        'excessive-permissions',
        `on: push\npermissions:\n  contents: write\n${twoUnknown}  c:\n${JOB}      - uses: example/three@v1\n`,
      ),
    ).toEqual(['default medium'])
  })

  test('knows that actions/stale deletes its cache', () => {
    expect(
      rated(
        'excessive-permissions',
        `on: schedule\njobs:\n  a:\n    permissions:\n      actions: write\n      issues: write\n${JOB}      - uses: actions/stale@v10\n`,
      ),
    ).toEqual([])
  })

  test('takes the word of an author who says what a permission is for', () => {
    expect(rated('excessive-permissions', grantingJob(''))).toEqual(['default low'])
    expect(rated('excessive-permissions', grantingJob(' # the reporter comments'))).toEqual(['strict low'])
  })

  test('believes that a script pushes with the token that checkout stored', () => {
    expect(rated('excessive-permissions', pushingJob(''))).toEqual([])
    expect(rated('excessive-permissions', pushingJob('        with:\n          persist-credentials: false\n'))).toEqual(['default low'])
  })
})

describe('inherited-secrets', () => {
  test('minds other repositories, and its own only where an outsider can start it', () => {
    expect(rated('inherited-secrets', callOf('push', 'example/x/.github/workflows/a.yml@main'))).toEqual(['default medium'])
    expect(rated('inherited-secrets', callOf('push', './.github/workflows/a.yml'))).toEqual(['strict low'])
    expect(rated('inherited-secrets', callOf('pull_request_target', './.github/workflows/a.yml'))).toEqual(['default medium'])
  })
})

describe('secret-in-log', () => {
  test.each([
    ['echo "$KEY" | base64', ['default high']],
    ['cat <<< "$KEY"', ['strict low']],
    ['ssh-add - <<< "$KEY"', []],
    ['gpg-preset-passphrase --preset "$KEY" <<< x', []],
    ['echo "$KEY" | base64 -d', []],
    ['echo "${#KEY}"', []],
    ['curl "https://api.example/?token=$KEY"', ['strict low']],
  ])('%s', (run, expected) => {
    expect(rated('secret-in-log', printingStep(run))).toEqual(expected)
  })
})

describe('spoofable-actor-check', () => {
  test('minds letting a bot in, hardly keeping one out, however the "not" is written', () => {
    expect(rated('spoofable-actor-check', jobIf("github.actor == 'dependabot[bot]'"))).toEqual(['default high'])
    expect(rated('spoofable-actor-check', jobIf("github.actor != 'dependabot[bot]'"))).toEqual(['strict high'])
    expect(rated('spoofable-actor-check', jobIf("${{ !endsWith(github.actor, '[bot]') }}"))).toEqual(['strict high'])
    expect(rated('spoofable-actor-check', jobIf("${{ !(github.actor != 'dependabot[bot]') }}"))).toEqual(['default high'])
  })

  test('is content when the author is asked for as well, not when that is one way of several', () => {
    const author = "github.event.pull_request.user.login == 'dependabot[bot]'"
    expect(rated('spoofable-actor-check', jobIf(`github.actor == 'dependabot[bot]' && ${author}`))).toEqual([])
    expect(rated('spoofable-actor-check', jobIf(`github.actor == 'dependabot[bot]' || ${author}`))).toEqual(['default high'])
  })
})

describe('unguarded-command', () => {
  test('leaves commands alone that can only label and comment, or that an action checks', () => {
    expect(rated('unguarded-command', commandJob('contents: write'))).toEqual(['default medium'])
    expect(rated('unguarded-command', commandJob('issues: write'))).toEqual(['strict low'])
    expect(rated('unguarded-command', commandJob('issues: write', scriptStep('issues.createComment')))).toEqual(['strict low'])
    expect(rated('unguarded-command', commandJob('issues: write', scriptStep('issues.addLabels')))).toEqual(['default medium'])
    expect(rated('unguarded-command', commandJob('contents: write').replace("'/x'", "'@example/team'"))).toEqual(['strict low'])
    // The shape of rspack's release-canary.yml of 2023: the first job only reads, the second runs.
    const gate = commandJob('issues: write', scriptStep('issues.createComment'))
    expect(rated('unguarded-command', `${gate}\n  b:\n    needs: a\n${JOB}      - run: ./release\n`)).toEqual(['default medium'])
    expect(rated('unguarded-command', commandJob('contents: write', '- uses: anthropics/claude-code-action@v1'))).toEqual(['strict medium'])
  })
})

test('broad-secret-env minds actions of others in several jobs, not the job token that they have anyway', () => {
  expect(rated('broad-secret-env', workflowWith('secrets.KEY'))).toEqual(['default medium'])
  expect(rated('broad-secret-env', workflowWith('secrets.GITHUB_TOKEN'))).toEqual(['strict low'])
})

test('a comparison with a secret is no secret', () => {
  const workflow = `on: push\njobs:\n  a:\n    env:\n      HAS: \${{ secrets.KEY != '' }}\n${JOB}      - run: make\n      - run: make test\n`
  expect(rated('broad-secret-env', workflow)).toEqual([])
  expect(rated('broad-secret-env', workflow.replace(" != ''", ''))).toEqual(['strict low'])
})

test('missing-permissions does not propose to write packages for a login elsewhere', () => {
  const rule = rules.find((one) => one.id === 'missing-permissions')
  const text = `on: push\njobs:\n  a:\n${JOB}      - uses: docker/login-action@v3\n        with:\n          username: \${{ secrets.NAME }}\n`
  if (rule)
    expect(findingsOf({ files: [{ path: '.github/workflows/test.yml', text }] }, rule)[0]?.message).toContain(
      '`permissions: {}` would be enough',
    )
})

test('a hostile permission name costs nothing', () => {
  const started = performance.now()
  expect(rated('unknown-permission', `on: push\npermissions:\n  ${'a'.repeat(50_000)}: read\n  __proto__: write\njobs: {}\n`)).toEqual([
    'default medium',
    'default medium',
  ])
  expect(performance.now() - started).toBeLessThan(1_000)
})
