/* One HTTP request, with what a sender needs to know of the answer. */
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

export interface PostAnswer {
  readonly status: number
  /** Seconds the server asked us to wait. */
  readonly retryAfterS?: number
  /** Body of an error, cut. */
  readonly detail: string
}

export type Post = (path: string, body: Uint8Array) => Promise<PostAnswer>

const TIMEOUT_MS = 10_000
const ANSWER_BYTES_MAX = 65_536

/** Sends zstd-compressed batches to one server over one connection. Rejects when the server cannot be reached. */
export function createPost(server: URL, token: string): { readonly post: Post; readonly close: () => void } {
  const secure = server.protocol === 'https:'
  const agent = secure ? new HttpsAgent({ keepAlive: true, maxSockets: 1 }) : new HttpAgent({ keepAlive: true, maxSockets: 1 })
  const base = server.href.replace(/\/+$/, '')
  const post: Post = (path, body) =>
    new Promise((resolve, reject) => {
      const request = (secure ? httpsRequest : httpRequest)(
        `${base}${path}`,
        {
          method: 'POST',
          agent,
          timeout: TIMEOUT_MS,
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/x-ndjson',
            'content-encoding': 'zstd',
            'content-length': body.length,
          },
        },
        (response) => {
          const chunks: Buffer[] = []
          let length = 0
          response.on('data', (chunk: Buffer) => {
            length += chunk.length
            if (length <= ANSWER_BYTES_MAX) chunks.push(chunk)
          })
          response.on('error', reject)
          response.on('end', () => {
            const retryAfterS = retryAfter(response.headers['retry-after'])
            resolve({
              status: response.statusCode ?? 0,
              ...(retryAfterS === undefined ? {} : { retryAfterS }),
              detail: Buffer.concat(chunks).toString('utf8').slice(0, 2_048),
            })
          })
        },
      )
      request.on('timeout', () => request.destroy(new Error('the server did not answer in time')))
      request.on('error', reject)
      request.end(body)
    })
  return { post, close: () => agent.destroy() }
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,6}$/.test(header)) return Number(header)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1_000)
}
