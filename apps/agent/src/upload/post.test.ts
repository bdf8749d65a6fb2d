import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createPost } from './post.ts'

let server: Server | undefined
afterEach(() => {
  server?.close()
  server?.closeAllConnections()
})

async function serve(listener: RequestListener): Promise<URL> {
  server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/below/`)
}

test('sends the bytes as they are, with the token in a header, over one connection', async () => {
  const seen: { readonly request: IncomingMessage; readonly body: string; readonly port: number | undefined }[] = []
  const url = await serve((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      seen.push({ request, body: Buffer.concat(chunks).toString(), port: request.socket.remotePort })
      response.end('{}')
    })
  })
  const { post, close } = createPost(url, 'secret-token')
  expect(await post('/v1/jobs/a/batches/1', Buffer.from('one'))).toEqual({ status: 200, detail: '{}' })
  await post('/v1/jobs/a/batches/2', Buffer.from('two'))
  close()
  expect(seen.map(({ body }) => body)).toEqual(['one', 'two'])
  expect(seen[0]?.request).toMatchObject({
    method: 'POST',
    url: '/below/v1/jobs/a/batches/1',
    headers: { authorization: 'Bearer secret-token', 'content-type': 'application/x-ndjson', 'content-encoding': 'zstd' },
  })
  expect(seen[0]?.port).toBe(seen[1]?.port)
})

test.each([
  ['7', 7],
  [new Date(Date.now() + 30_000).toUTCString(), 30],
  ['soon', undefined],
])('understands when the server asks to wait: %s', async (header, seconds) => {
  const url = await serve((_, response) => response.writeHead(429, { 'retry-after': header }).end('busy'))
  const { post, close } = createPost(url, 'x')
  const answer = await post('/a', Buffer.from(''))
  close()
  expect(answer).toMatchObject({ status: 429, detail: 'busy' })
  if (seconds === undefined) expect(answer.retryAfterS).toBeUndefined()
  else expect(Math.abs((answer.retryAfterS ?? 0) - seconds)).toBeLessThan(3)
})

test('keeps little of an answer without end', async () => {
  const url = await serve((_, response) => response.end('x'.repeat(5_000_000)))
  const { post, close } = createPost(url, 'x')
  expect((await post('/a', Buffer.from(''))).detail.length).toBe(2_048)
  close()
})

test('rejects when nobody answers or the connection breaks', async () => {
  const url = await serve((request) => request.socket.destroy())
  const broken = createPost(url, 'x')
  await expect(broken.post('/a', Buffer.from(''))).rejects.toThrow()
  server?.close()
  await expect(createPost(new URL('http://127.0.0.1:1/'), 'x').post('/a', Buffer.from(''))).rejects.toThrow(/ECONNREFUSED/)
})
