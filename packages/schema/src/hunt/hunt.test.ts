import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sampleJob } from '../testing/index.ts'
import { EVENT_KINDS, type Event } from '../event.ts'
import { actionForms, matchHunt, matchPattern, type HuntContext } from './match.ts'
import { addressHex, parseAddress, parseRange, rangeText } from './address.ts'
import { HUNT_FIELDS, HUNT_LIMITS, type HuntExpression } from './language.ts'
import { parseHunt } from './parse.ts'
import { printHunt } from './print.ts'

const NOW = 1_795_348_800_000_000
const EVENTS = sampleJob({ seed: 3, events: 60 }).records.flatMap((record) => (record.record === 'event' ? [record.event] : []))
const CONTEXT: HuntContext = { job: '01890000-0000-7000-8000-000000000001', detections: [] }

function parsed(text: string): HuntExpression {
  const result = parseHunt(text, NOW)
  if (!result.ok) throw new Error(`${text}: ${result.at}: ${result.message}`)
  return result.expression
}
function canonical(text: string): string {
  return printHunt(parsed(text))
}

describe('a hunt query', () => {
  test.each([
    ['DOMAIN:Example.TEST', 'domain:example.test'],
    ['domain:a port:443', 'domain:a and port:443'],
    ['domain:a or domain:b and port:443', 'domain:a or domain:b and port:443'],
    ['(domain:a or domain:b) port:443', '(domain:a or domain:b) and port:443'],
    ['not not domain:a', 'domain:a'],
    ['not(domain:a domain:b)', 'not (domain:a and domain:b)'],
    ['((domain:a and (domain:b and domain:c)))', 'domain:a and domain:b and domain:c'],
    ['path:"/a b/**/c"', 'path:"/a b/*/c"'],
    ['path:/a\\ b', 'path:"/a b"'],
    ['path:/a\\*', 'path:"/a\\*"'],
    ['argv:*curl*', 'argv:curl'],
    ['argv:"curl -d"', 'argv:"curl -d"'],
    ['ip:192.0.2.77/24', 'ip:192.0.2.0/24'],
    ['ip:2001:DB8:0:0::1', 'ip:2001:db8::1'],
    ['ip:::ffff:192.0.2.1', 'ip:192.0.2.1'],
    ['port:443-443', 'port:443'],
    ['step:3', 'step:3'],
    ['step:"npm ci"', 'step:"npm ci"'],
    ['action:Actions/Checkout@V4', 'action:actions/checkout@V4'],
    ['since:1d', 'since:2026-11-21T12:00:00Z'],
    ['until:2026-11-22', 'until:2026-11-22'],
    ['since:2026-11-22T12:00:00.5', 'since:2026-11-22T12:00:00.500000Z'],
  ])('%s means %s', (text, expected) => {
    expect(canonical(text)).toBe(expected)
    expect(canonical(expected)).toBe(expected)
  })

  test.each([
    ['', 0, 'a term is missing here'],
    ['domain:', 7, 'a value is missing'],
    ['domain:""', 7, 'a value is missing'],
    ['domain:a and', 12, 'a term is missing here'],
    ['or domain:a', 0, 'a term is missing before this `or`'],
    ['(domain:a', 0, 'this `(` is not closed'],
    ['domain:a)', 8, 'this `)` closes nothing'],
    ['domain:"a', 7, 'the quote is not closed'],
    ['domain:a"b', 8, 'a quote may only stand at the beginning of a value'],
    ['domain:"a"b', 10, 'a space is missing after the quote'],
    ['example.test', 0, 'a term is written field:value'],
    ['ip:300.1.1.1', 3, 'an address is written like'],
    ['ip:192.0.2.0/33', 3, 'an address is written like'],
    ['port:0', 5, 'a port is a number'],
    ['port:9-8', 5, 'a port is a number'],
    ['kind:nothing', 5, 'a kind is one of'],
    ['since:2026-02-30', 6, 'a time is written like'],
    ['sha256:abc', 7, 'a SHA-256 has 64 hex digits'],
    ['argv:*', 5, 'a value is missing'],
    ['password:x', 0, 'there is no field "password"'],
    ['__proto__:x', 0, 'there is no field'],
  ])('%j is refused at %i', (text, at, message) => {
    const result = parseHunt(text, NOW)
    expect(result).toMatchObject({ ok: false, at })
    expect(result.ok ? '' : result.message).toContain(message)
  })

  test('is bounded in length, terms and depth', () => {
    expect(parseHunt('x'.repeat(HUNT_LIMITS.characters + 1), NOW)).toMatchObject({ ok: false })
    expect(parseHunt('port:1 '.repeat(HUNT_LIMITS.terms), NOW)).toMatchObject({ ok: true })
    expect(parseHunt('port:1 '.repeat(HUNT_LIMITS.terms + 1), NOW)).toMatchObject({ ok: false })
    expect(parseHunt(`${'('.repeat(HUNT_LIMITS.depth)}port:1${')'.repeat(HUNT_LIMITS.depth)}`, NOW)).toMatchObject({ ok: true })
    expect(parseHunt(`${'('.repeat(HUNT_LIMITS.depth + 1)}port:1${')'.repeat(HUNT_LIMITS.depth + 1)}`, NOW)).toMatchObject({ ok: false })
    expect(parseHunt(`${'not '.repeat(HUNT_LIMITS.depth + 1)}port:1`, NOW)).toMatchObject({ ok: false })
  })

  test('of any text is read or refused with a place inside it, and never throws', () => {
    const piece = fc.oneof(
      fc.constantFrom('(', ')', '"', '\\', '*', ' ', 'and', 'or', 'not', 'domain:', 'ip:', 'port:', 'since:', '1d'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('')
        const result = parseHunt(text, NOW)
        if (result.ok) expect(canonical(printHunt(result.expression))).toBe(printHunt(result.expression))
        else expect(result.at).toBeLessThanOrEqual(text.length)
      }),
    )
  })

  test('that is printed reads back as the same tree', () => {
    const value = fc
      .array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 })
      .map((pieces) => pieces.map((one) => one.toWellFormed()))
    const term: fc.Arbitrary<HuntExpression> = fc.oneof(
      fc.record({
        type: fc.constant('text' as const),
        field: fc.constantFrom('path' as const, 'exe' as const, 'workflow' as const),
        pattern: value,
      }),
      fc.record({ type: fc.constant('kind' as const), kind: fc.constantFrom(...EVENT_KINDS) }),
      fc.record({ type: fc.constantFrom('since' as const, 'until' as const), time: fc.integer({ min: 0, max: 4e15 }) }),
      fc.integer({ min: 1, max: 65_535 }).map((port) => ({ type: 'port' as const, low: port, high: port })),
    )
    const { tree } = fc.letrec<{ tree: HuntExpression }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        term,
        fc.record({ type: fc.constantFrom('and' as const, 'or' as const), items: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }) }),
        tie('tree').map((item) => ({ type: 'not' as const, item })),
      ),
    }))
    fc.assert(
      fc.property(tree, (expression) => {
        const text = printHunt(expression)
        fc.pre(text.length <= HUNT_LIMITS.characters)
        const again = parsed(text)
        // Joined lists and double negations are flattened, so only single terms are the very same; the others mean the same.
        if (expression.type === 'text' || expression.type === 'kind' || expression.type === 'port') expect(again).toEqual(expression)
        for (const event of EVENTS) expect(matchHunt(again, event, CONTEXT)).toBe(matchHunt(expression, event, CONTEXT))
      }),
    )
  })
})

test('every example of the help is a query', () => {
  for (const field of HUNT_FIELDS) if (!field.example.includes('…')) expect(parseHunt(field.example, NOW)).toMatchObject({ ok: true })
})

describe('patterns', () => {
  test('match as the regular expression with .* in their gaps does', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 3 })
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 4 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 8 }),
        (pattern, value) => {
          const expression = new RegExp(`^${pattern.map((one) => one.replaceAll('.', '\\.')).join('.*')}$`, 's')
          expect(matchPattern(pattern, value)).toBe(expression.test(value))
        },
      ),
    )
  })
  test('do not let the end of a value count twice', () => {
    expect(matchPattern(['ab', 'ba'], 'aba')).toBe(false)
    expect(matchPattern(['ab', 'ba'], 'abba')).toBe(true)
  })
})

describe('addresses', () => {
  test.each([
    ['::', '::'],
    ['1::', '1::'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['fe80::1%eth0', undefined],
    ['1:2:3:4:5:6:7:8:9', undefined],
    ['1::2::3', undefined],
    ['1.2.3', undefined],
    ['01.2.3.4', undefined],
    ['1.2.3.4/8/8', undefined],
  ])('%s is %s', (text, expected) => {
    const range = parseRange(text)
    expect(range === undefined ? undefined : rangeText(range)).toBe(expected)
  })
  test('survive being written and read', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const value = parseAddress(text)
        expect(value).toBeDefined()
        expect(parseAddress(rangeText({ low: value ?? 0n, high: value ?? 0n }))).toBe(value)
        expect(addressHex(value ?? 0n)).toHaveLength(32)
      }),
    )
  })
})

describe('an event', () => {
  const connect: Event = {
    kind: 'network',
    op: 'connect',
    seq: 1,
    time: NOW,
    step: 2,
    process: 1,
    exe: '/usr/bin/curl',
    flow: 1,
    protocol: 'tcp',
    ip: '192.0.2.7',
    port: 443,
    domain: 'Api.example.test',
    verdict: 'observed',
  }
  test.each([
    ['domain:api.example.test', true],
    ['domain:*.example.test', true],
    ['domain:*.ample.test', false],
    ['domain:example.test', false],
    ['ip:192.0.2.0/29', true],
    ['ip:192.0.2.8/29', false],
    ['port:443 and exe:*/curl', true],
    ['not path:*', true],
    ['argv:curl', false],
    ['step:2 since:2026-11-22T12:00Z', true],
    ['until:2026-11-22T12:00Z', false],
  ])('is found by %s: %s', (query, expected) => {
    expect(matchHunt(parsed(query), connect, CONTEXT)).toBe(expected)
  })
  test('of a renamed file is found under both names', () => {
    const rename = { kind: 'file', op: 'rename', seq: 1, time: NOW, step: 1, process: 1, exe: '/bin/mv', path: '/a', to: '/b' } as Event
    expect(matchHunt(parsed('path:/b'), rename, CONTEXT)).toBe(true)
    expect(matchHunt(parsed('path:/a'), rename, CONTEXT)).toBe(true)
  })
  test('of an action is found with and without ref and path', () => {
    expect(actionForms({ repository: 'Acme/Tools', path: 'setup', ref: 'V1' })).toEqual([
      'acme/tools/setup@V1',
      'acme/tools/setup',
      'acme/tools@V1',
      'acme/tools',
    ])
  })
})
