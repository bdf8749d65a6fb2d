import { describe, expect, test } from 'vitest'
import { createRedactor, secretsOf } from './redactor.ts'

const redactor = createRedactor({ key: new Uint8Array(32).fill(7), masks: ['correct horse battery', 'short'] })
const MARK = /‹redacted:[0-9a-f]{8}›/

/** Assembled, so that this file itself holds no token that a scanner would report. */
const token = (...parts: string[]) => parts.join('')
const TOKENS = {
  'GitHub classic': token('ghp', '_', 'CANARY0123456789abcdefghijklmnopqrst'),
  'GitHub job': token('ghs', '_', 'CANARY0123456789abcdefghijklmnopqrst'),
  'GitHub fine-grained': token('github', '_pat_', '11ACANARY0abcdefghij_klmnopqrstuvwxyz0123456789'),
  npm: token('npm', '_', 'CANARYabcdefghijklmnopqrstuvwxyz012345'),
  AWS: token('AKIA', 'CANARY0123456789'),
  JWT: token('eyJ', 'hbGciOiJIUzI1NiJ9', '.', 'eyJzdWIiOiJjYW5hcnkifQ', '.', 'c2lnbmF0dXJlLWNhbmFyeQ'),
  GitLab: token('glpat', '-', 'CANARYcanary01234567'),
  Slack: token('xoxb', '-', '123456789012-CANARYcanary'),
  PyPI: token('pypi', '-', 'AgEIcHlwaS5vcmcCANARY'),
  PEM: token('-----BEGIN RSA ', 'PRIVATE KEY-----\nCANARYcanary\n-----END RSA PRIVATE KEY-----'),
}

describe('tokens that give themselves away', () => {
  test.each(Object.entries(TOKENS))('a %s token is taken out of arguments, paths and text', (_, secret) => {
    for (const text of [secret, `x ${secret} y`, `"${secret}"`, `https://example.test/${secret}/z`]) {
      for (const clean of [redactor.path(text), redactor.text(text), redactor.argv(['echo', text], 8_192)[1] ?? '']) {
        expect(clean).not.toContain('CANARY')
        expect(clean).toMatch(MARK)
      }
    }
  })

  test('a token in a DNS label is found in any case of letters', () => {
    const name = `${TOKENS.AWS.toLowerCase()}.exfil.example.test`
    expect(redactor.domain(name)).toMatch(/^‹redacted:[0-9a-f]{8}›\.exfil\.example\.test$/)
  })

  test('the same secret gets the same mark, another one another', () => {
    expect(redactor.text(TOKENS.npm)).toBe(redactor.text(TOKENS.npm))
    expect(redactor.text(TOKENS.npm)).not.toBe(redactor.text(TOKENS.AWS))
    const other = createRedactor({ key: new Uint8Array(32).fill(8), masks: [] })
    expect(other.text(TOKENS.npm)).not.toBe(redactor.text(TOKENS.npm))
  })
})

describe('places whose value is a secret', () => {
  test.each([
    [['curl', '--password', 'CANARY', 'x']],
    [['tool', '--token', 'CANARY']],
    [['tool', '--registry-token', 'CANARY']],
    [['tool', '--token=CANARY']],
    [['tool', '-password', 'CANARY']],
    [['curl', '-u', 'user:CANARY', 'https://example.test']],
    [['curl', '-H', 'Authorization: Bearer CANARY']],
    [['curl', '-H', 'X-Api-Key: CANARY']],
    [['git', '-c', 'http.extraheader=AUTHORIZATION: basic CANARY', 'fetch']],
    [['git', 'clone', 'https://user:CANARY@example.test/r.git']],
    [['git', 'clone', 'https://CANARYCANARY@example.test/r.git']],
    [['npm', 'config', 'set', '//registry.example.test/:_authToken=CANARY']],
    [['env', 'NPM_TOKEN=CANARY', 'npm', 'publish']],
    [['sh', '-c', 'export DB_PASSWORD="CANARY"; deploy --api-key CANARY']],
    [['curl', 'https://example.test/x?access_token=CANARY&a=1']],
    [['curl', '-d', '{"password":"CANARY"}']],
    [['curl', '-d', '{"password": "CANARY"}']],
    [['sshpass', '-p', 'CANARY', 'ssh', 'host']],
    [['mysql', '-pCANARY']],
    [['docker', 'login', '-p', 'CANARY']],
  ])('%j loses the secret and keeps the rest', (argv) => {
    const clean = redactor.argv(argv, 8_192)
    expect(clean.join(' ')).not.toContain('CANARY')
    expect(clean.join(' ')).toMatch(MARK)
    expect(clean).toHaveLength(argv.length)
    expect(clean[0]).toBe(argv[0])
  })

  test.each([
    [['npm', 'ci', '--ignore-scripts']],
    [['ssh', '-p', '2222', 'git@example.test']],
    [['docker', 'run', '-p', '8080:80', 'image']],
    [['git', 'clone', 'ssh://git@example.test/owner/repo.git']],
    [['sh', '-c', 'echo "$TOKEN" "${PASSWORD}"; NPM_TOKEN=$OTHER npm ci']],
    [['node', '--test', 'secret.test.js']],
    [['tool', '--token-file', '/run/token']],
    [['tool', '--password', '--verbose']],
    [['cc', '-o', 'build/token.o', 'src/token.c']],
    [['python3', '-m', 'pytest', 'tests/test_auth.py']],
  ])('%j is left alone', (argv) => {
    expect(redactor.argv(argv, 8_192)).toEqual(argv)
  })
})

test('values known to be secret are masked everywhere, but not when they are too short to be one', () => {
  expect(redactor.text('say correct horse battery now')).toMatch(/^say ‹redacted:[0-9a-f]{8}› now$/)
  expect(redactor.path('/tmp/correct horse battery')).not.toContain('correct')
  expect(redactor.text('a short way')).toBe('a short way')
})

test('a secret that crosses the cut does not leave its first half behind', () => {
  const [, clean = ''] = redactor.argv(['echo', `${'x'.repeat(90)} ${TOKENS['GitHub classic']}`], 100)
  expect(clean).toHaveLength(100)
  expect(clean).not.toContain('ghp')
})

test('the environment tells its secrets by their names', () => {
  expect(secretsOf({ NPM_TOKEN: 'a', PATH: '/bin', MY_API_KEY: 'b', DB_PASSWORD: 'c', TOKENIZER: 'd', NOTHING: undefined })).toEqual([
    'a',
    'b',
    'c',
  ])
})

test('hostile text does not take the patterns long', () => {
  const hostile = ['a', 'eyJ', 'a-', '://', 'token', 'token=', '--token ', 'authorization:', '-----BEGIN ', 'https://a:', '"', 'x-key'].map(
    (part) => part.repeat(Math.ceil(131_072 / part.length)),
  )
  const start = performance.now()
  for (const text of hostile) redactor.argv(['sh', '-c', text], 8_192)
  for (const text of hostile) redactor.path(text.slice(0, 4_096))
  expect(performance.now() - start).toBeLessThan(2_000)
})

test('hides a secret each time it is seen, also beside texts that were found harmless before', () => {
  const redactor = createRedactor({ key: new Uint8Array(32), masks: [] })
  const harmless = Array.from({ length: 5_000 }, (_, i) => `--level=${i}`)
  for (let round = 0; round < 2; round++) {
    expect(redactor.argv(harmless, 100)).toEqual(harmless)
    expect(redactor.argv(['tool', '--token=abcdefgh12345678'], 100)[1]).toMatch(/^--token=‹redacted:[0-9a-f]{8}›$/)
  }
})
