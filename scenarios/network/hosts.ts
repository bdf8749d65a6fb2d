/*
 * The little internet, one process: a resolver, and one HTTP server per host. Runs inside its own network namespace and
 * ends with its parent, whose death closes its standard input.
 */
import { createSocket } from 'node:dgram'
import { appendFileSync, createReadStream, existsSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { join, normalize } from 'node:path'
import { createInterface } from 'node:readline'
import { answerDns, type Zone } from './dns.ts'
import type { Host, HostsConfig } from './plan.ts'
import { registryHandler } from './registry.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const BODY_MAX = 1024 * 1024

async function main(): Promise<void> {
  const input = createInterface({ input: process.stdin })
  const config = JSON.parse(await new Promise<string>((resolve) => input.once('line', resolve))) as HostsConfig
  input.once('close', () => process.exit(0))

  const zone = new Map<string, string[]>()
  for (const host of config.hosts) if (host.name) zone.set(host.name, [...(zone.get(host.name) ?? []), host.address])
  // A gateway that forwards answers "unreachable" for what it has no route to; one that does not stays silent, and a job waits.
  for (const file of ['ipv4/ip_forward', 'ipv6/conf/all/forwarding'])
    if (existsSync(`/proc/sys/net/${file}`)) writeFileSync(`/proc/sys/net/${file}`, '1')
  await Promise.all([serveDns(config.resolver, zone), ...config.hosts.map(serveHttp)])
  process.stdout.write('ready\n')
}

async function serveDns(address: string, zone: Zone): Promise<void> {
  const udp = createSocket('udp4')
  udp.on('message', (query, from) => {
    const answer = answerDns(query, zone)
    if (answer) udp.send(answer, from.port, from.address)
  })
  const tcp = createTcpServer((socket) => serveDnsStream(socket, zone))
  await Promise.all([
    new Promise<void>((resolve) => udp.bind(53, address, resolve)),
    new Promise<void>((resolve) => tcp.listen(53, address, resolve)),
  ])
}

/** DNS over TCP: each message behind its length in two bytes (RFC 1035 §4.2.2). */
function serveDnsStream(socket: Socket, zone: Zone): void {
  let pending = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0)
      const answer = answerDns(pending.subarray(2, end), zone)
      pending = pending.subarray(end)
      if (!answer) {
        socket.destroy()
        return
      }
      const length = Buffer.alloc(2)
      length.writeUInt16BE(answer.length)
      socket.write(Buffer.concat([length, answer]))
    }
  })
}

async function serveHttp(host: Host): Promise<void> {
  const server = createServer(handlerOf(host))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(host.port, host.address, resolve)
  })
}

function handlerOf({ service }: Host): Handler {
  if (service.kind === 'registry') return registryHandler(service.packages)
  if (service.kind === 'files') return (request, response) => sendFile(service.folder, request, response)
  return (request, response) => record(service.record, request, response)
}

/** Plain files, which is all that git's "dumb" HTTP transport asks for. */
function sendFile(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const path = normalize(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/'))
  const file = join(folder, path)
  if (!file.startsWith(`${folder}/`) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  createReadStream(file).pipe(response)
}

/** Accepts everything and writes down what arrived: the proof that a simulated attack really worked. */
function record(file: string, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  let size = 0
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= BODY_MAX) chunks.push(chunk)
  })
  request.on('end', () => {
    const entry = {
      time: Date.now(),
      method: request.method,
      path: request.url,
      bytes: size,
      body: Buffer.concat(chunks).toString('latin1'),
    }
    appendFileSync(file, `${JSON.stringify(entry)}\n`)
    response.writeHead(204).end()
  })
}

await main()
