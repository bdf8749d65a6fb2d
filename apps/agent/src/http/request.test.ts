import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readHttpRequest } from './request.ts'

const read = (text: string) => readHttpRequest(Buffer.from(text, 'latin1'))

describe('the head of a request', () => {
  test('gives method, host, path and credential, and nothing of query, other headers and body', () => {
    const request = read(
      'POST /upload?token=canary#canary HTTP/1.1\r\nHost: Example.TEST:8000\r\nAuthorization: Bearer secret\r\nCookie: canary\r\n\r\ncanary',
    )
    expect(request).toEqual({ method: 'POST', host: 'example.test', path: '/upload', version: '1.1', credential: 'secret' })
  })

  test('in the form for proxies names the host itself, without its credentials', () => {
    expect(read('GET http://user:canary@example.test:80/a?b HTTP/1.0\n\n')).toEqual({
      method: 'GET',
      host: 'example.test',
      path: '/a',
      version: '1.0',
    })
    expect(read('CONNECT example.test:443 HTTP/1.1\r\n\r\n')).toMatchObject({
      method: 'CONNECT',
      host: 'example.test',
      path: 'example.test:443',
    })
  })

  test('that is cut inside a header gives what was whole', () => {
    const request = read('GET / HTTP/1.1\r\nHost: example.test\r\nAuthorization: Bearer half')
    expect(request).toEqual({ method: 'GET', host: 'example.test', path: '/', version: '1.1' })
  })

  test('that is cut inside a long target is still a request', () => {
    expect(read(`GET /${'a'.repeat(3_000)}`)?.path).toHaveLength(3_001)
  })

  test.each([
    ['no HTTP version', 'GET /x SSH/2\r\n\r\n'],
    ['a lower-case method', 'get / HTTP/1.1\r\n\r\n'],
    ['a control in the target', 'GET /\x1b[2J HTTP/1.1\r\n\r\n'],
    ['an answer', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['nothing', ''],
  ])('with %s is none', (_, text) => {
    expect(read(text)).toBeUndefined()
  })

  test('whose host header is no host name has no host', () => {
    expect(read('GET / HTTP/1.1\r\nHost: \x1b]0;x\x07\r\n\r\n')?.host).toBe('')
  })
})

test('any bytes are read without a crash and without keeping more than the bounds', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 2_048 }),
      fc.constantFrom('', 'GET ', 'POST /a HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost:'),
      (bytes, start) => {
        const request = readHttpRequest(Buffer.concat([Buffer.from(start), bytes]))
        if (!request) return
        expect(request.method.length).toBeLessThanOrEqual(32)
        expect(request.host.length).toBeLessThanOrEqual(255)
        expect(request.path).not.toContain('?')
      },
    ),
    { numRuns: 2_000 },
  )
})
