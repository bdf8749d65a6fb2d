/*
 * Records the ClientHellos of the TLS clients on this machine: `node apps/agent/src/tls/record-fixtures.ts`. A loopback listener
 * takes what each sends first and closes. The names are of `example.test`, so nothing leaves the machine.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readClientHello } from './index.ts'

export interface Fixture {
  readonly client: string
  readonly version: string
  /** What was asked of the client. */
  readonly serverName?: string
  readonly alpn: readonly string[]
  /** First bytes on the connection. */
  readonly bytes: string
}

interface Client {
  readonly client: string
  readonly version: readonly string[]
  readonly alpn: readonly string[]
  readonly serverName?: string
  argv(port: number, folder: string): readonly string[]
}

const NAME = 'gate.example.test'
const HOLD = 'https://' + NAME

const GO_SOURCE = `package main
import ("crypto/tls"; "net"; "os")
func main() {
	c, err := net.Dial("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil { panic(err) }
	_ = tls.Client(c, &tls.Config{ServerName: "${NAME}", NextProtos: []string{"h2", "http/1.1"}}).Handshake()
}
`

/** An ECHConfigList (RFC 9849, section 4) for the name `public.example.test`, with a key nobody keeps. */
const ECH_GO_SOURCE = `package main
import ("crypto/ecdh"; "crypto/rand"; "crypto/tls"; "net"; "os")
func main() {
	key, _ := ecdh.X25519().GenerateKey(rand.Reader)
	public := "public.example.test"
	body := append([]byte{77, 0, 0x20, 0, 32}, key.PublicKey().Bytes()...)
	body = append(body, 0, 4, 0, 1, 0, 1, 64, byte(len(public)))
	body = append(append(body, public...), 0, 0)
	config := append([]byte{0xfe, 0x0d, 0, byte(len(body))}, body...)
	list := append([]byte{0, byte(len(config))}, config...)
	c, err := net.Dial("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil { panic(err) }
	_ = tls.Client(c, &tls.Config{ServerName: "secret.example.test", NextProtos: []string{"h2"}, EncryptedClientHelloConfigList: list}).Handshake()
}
`

const CLIENTS: readonly Client[] = [
  {
    client: 'openssl s_client',
    version: ['openssl', 'version'],
    alpn: ['h2', 'http/1.1'],
    serverName: NAME,
    argv: (port) => ['openssl', 's_client', '-connect', `127.0.0.1:${port}`, '-servername', NAME, '-alpn', 'h2,http/1.1'],
  },
  {
    client: 'openssl s_client, TLS 1.2 without a name',
    version: ['openssl', 'version'],
    alpn: [],
    argv: (port) => ['openssl', 's_client', '-connect', `127.0.0.1:${port}`, '-noservername', '-tls1_2'],
  },
  {
    client: 'node https',
    version: [process.execPath, '--version'],
    alpn: [],
    serverName: NAME,
    argv: (port) => [
      process.execPath,
      '-e',
      `require('https').get({host:'127.0.0.1',port:${port},servername:'${NAME}'}).on('error',()=>{})`,
    ],
  },
  {
    client: 'node http2',
    version: [process.execPath, '--version'],
    alpn: ['h2'],
    serverName: NAME,
    argv: (port) => [
      process.execPath,
      '-e',
      `require('http2').connect('https://127.0.0.1:${port}',{servername:'${NAME}'}).on('error',()=>{})`,
    ],
  },
  {
    client: 'curl',
    version: ['curl', '--version'],
    alpn: ['h2', 'http/1.1'],
    serverName: NAME,
    argv: (port) => ['curl', '-s', '--max-time', '5', '--resolve', `${NAME}:${port}:127.0.0.1`, `${HOLD}:${port}/`],
  },
  {
    client: 'python ssl',
    version: ['python3', '--version'],
    alpn: [],
    serverName: NAME,
    argv: (port) => [
      'python3',
      '-c',
      `import socket,ssl\nssl.create_default_context().wrap_socket(socket.create_connection(('127.0.0.1',${port})),server_hostname='${NAME}')`,
    ],
  },
  {
    client: 'wget (GnuTLS)',
    version: ['wget', '--version'],
    alpn: [],
    serverName: 'localhost',
    argv: (port) => ['wget', '-q', '-O', '/dev/null', '--tries=1', '--timeout=5', `https://localhost:${port}/`],
  },
  {
    client: 'git (libcurl with GnuTLS)',
    version: ['git', '--version'],
    alpn: ['h2', 'http/1.1'],
    serverName: 'localhost',
    argv: (port) => ['git', '-c', 'http.proxy=', 'ls-remote', `https://localhost:${port}/x.git`],
  },
  {
    client: 'go crypto/tls',
    version: ['go', 'version'],
    alpn: ['h2', 'http/1.1'],
    serverName: NAME,
    argv: (port, folder) => [path.join(folder, 'client'), String(port)],
  },
  {
    client: 'go crypto/tls with encrypted hello',
    version: ['go', 'version'],
    alpn: ['h2'],
    // What stands outside; the name asked for is secret.example.test.
    serverName: 'public.example.test',
    argv: (port, folder) => [path.join(folder, 'ech'), String(port)],
  },
  {
    client: 'java JSSE',
    version: ['java', '--version'],
    // JSSE sends no name that has no dot.
    alpn: [],
    argv: (port, folder) => ['java', path.join(folder, 'Client.java'), String(port)],
  },
]

const JAVA_SOURCE = `public class Client { public static void main(String[] a) throws Exception {
  new java.net.URL("https://localhost:" + a[0] + "/").openStream(); } }
`

if (import.meta.main) await main()

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-hello-'))
  try {
    writeFileSync(path.join(folder, 'client.go'), GO_SOURCE)
    writeFileSync(path.join(folder, 'Client.java'), JAVA_SOURCE)
    writeFileSync(path.join(folder, 'ech.go'), ECH_GO_SOURCE)
    for (const name of ['client', 'ech']) {
      spawnSync('go', ['build', '-o', path.join(folder, name), path.join(folder, `${name}.go`)], { stdio: 'ignore' })
    }
    const fixtures: Fixture[] = []
    for (const client of CLIENTS) {
      const bytes = await record(client, folder)
      if (bytes === null) {
        console.error(`${client.client}: no hello (not installed?)`)
        continue
      }
      const { stdout } = spawnSync(client.version[0] ?? '', client.version.slice(1), { encoding: 'utf8' })
      fixtures.push({
        client: client.client,
        version: (stdout.split('\n')[0] ?? '').replace(/,? built on.*/, '').trim(),
        ...(client.serverName === undefined ? {} : { serverName: client.serverName }),
        alpn: client.alpn,
        bytes: Buffer.from(bytes).toString('hex'),
      })
    }
    writeFileSync(path.join(import.meta.dirname, 'fixtures/client-hellos.json'), `${JSON.stringify(fixtures, null, 2)}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs a client against a listener that answers nothing; the bytes up to the end of its ClientHello, or null. */
function record(client: Client, folder: string): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0)
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk])
        if (readClientHello(received).kind === 'hello') socket.destroy()
      })
    })
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      const [program = '', ...rest] = client.argv(port, folder)
      const proxies = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/proxy/i.test(name)))
      const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'ignore'], env: proxies })
      const timer = setTimeout(() => child.kill(), 15_000)
      const end = () => {
        clearTimeout(timer)
        server.close()
        resolve(received.length > 0 ? received : null)
      }
      child.on('error', end)
      child.on('exit', end)
    })
  })
}
