/* The console's built files. Every address that is not a file and not of the API is a page of the console. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { nonceOf, sendProblem } from './answer.ts'

/** What index.html writes where the nonce of its content security policy belongs. */
const NONCE_PLACEHOLDER = '__CSP_NONCE__'
const YEAR_SECONDS = 31_536_000

export async function serveConsole(app: FastifyInstance, folder: string): Promise<void> {
  if (existsSync(folder)) {
    await app.register(fastifyStatic, {
      root: folder,
      index: false,
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders(reply, path) {
        // Names of built files carry a hash of their content.
        if (path.includes('/assets/')) void reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
      },
    })
  }
  // Without this, the file server would look for a listing of the folder.
  app.get('/', (_, reply) => sendPage(reply, folder))
  app.get('/index.html', (_, reply) => sendPage(reply, folder))
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const isPage = request.method === 'GET' && !path.startsWith('/v1/') && !/\.\w{1,8}$/.test(path)
    return isPage ? sendPage(reply, folder) : sendProblem(reply, 'NOT_FOUND', 'there is nothing under this address')
  })
}

function sendPage(reply: FastifyReply, folder: string): FastifyReply {
  const file = join(folder, 'index.html')
  if (!existsSync(file)) {
    return reply.code(503).type('text/plain; charset=utf-8').send('The console has not been built. Run: npm run build\n')
  }
  const page = readFileSync(file, 'utf8').replaceAll(NONCE_PLACEHOLDER, nonceOf(reply))
  return reply.code(200).type('text/html; charset=utf-8').send(page)
}
