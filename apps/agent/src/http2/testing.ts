/* Real bytes of HTTP/2: a proxy on loopback between a client and a server. */
import { connect, createServer, type AddressInfo, type Server } from 'node:net'

/** A proxy that lets a connection through and keeps both directions of it. */
export async function tap(
  target: number,
): Promise<{ readonly port: number; readonly server: Server; readonly taken: Promise<{ sent: Buffer; received: Buffer }> }> {
  let resolve: (taken: { sent: Buffer; received: Buffer }) => void
  const taken = new Promise<{ sent: Buffer; received: Buffer }>((done) => (resolve = done))
  const server = createServer((client) => {
    const sent: Buffer[] = []
    const received: Buffer[] = []
    const upstream = connect(target, '127.0.0.1')
    for (const socket of [client, upstream]) socket.on('error', () => {})
    client.on('data', (chunk) => {
      sent.push(chunk)
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      received.push(chunk)
      client.write(chunk)
    })
    client.on('close', () => {
      upstream.destroy()
      resolve({ sent: Buffer.concat(sent), received: Buffer.concat(received) })
    })
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { port: portOf(server), server, taken }
}

/** Port of a listening server. */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port
}
