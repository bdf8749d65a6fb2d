/*
 * The whole of `gatehouse run` on the real kernel: each test starts the launcher as a user would. What is watched is only the cgroup
 * that each run makes for itself.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { decodeBatch } from '@gatehouse/schema/validate'
import type { JournalRecord } from '@gatehouse/schema'
import { zstdDecompressSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/requirements.ts'
import { widthOf } from '../report/visible.ts'
import { cgroup2Mount } from './cgroup.ts'
import { eventsIn, gatehouse, LAUNCHER, inTemporaryFolder, readReport, until } from './testing.ts'

const TIMEOUT_MS = 60_000

async function record(command: readonly string[], options: Parameters<typeof gatehouse>[1] = {}) {
  return inTemporaryFolder(async (folder) => {
    const report = join(folder, 'report.jsonl')
    const result = await gatehouse(['run', '--report', report, '--', ...command], options)
    return { ...result, records: readReport(report), raw: readFileSync(report, 'utf8') }
  })
}

const codeOf = async (...command: string[]) => (await gatehouse(['run', '--quiet', '--', ...command])).code

const recordsOf = (batches: ReadonlyMap<number, Buffer>): JournalRecord[] =>
  [...batches.entries()]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, bytes]) => {
      const decoded = decodeBatch(bytes.toString())
      if (!decoded.ok) throw new Error(JSON.stringify(decoded))
      expect(decoded.batch).toMatchObject({ rejected: 0, unknownFields: 0 })
      return decoded.batch.records.map(({ record }) => record)
    })

describeWith(['root', 'ebpf', 'cgroup2'], 'gatehouse run', () => {
  test(
    'writes a valid record with processes, files and the end, and prints a summary after the command',
    async () => {
      const { code, stdout, stderr, records } = await inTemporaryFolder((folder) =>
        record(['sh', '-c', `echo out; echo x > ${folder}/made; ls / > /dev/null; exit 3`]),
      )
      expect(code).toBe(3)
      expect(stdout).toBe('out\n')
      expect(stderr).toMatch(/Nothing odd\. The command ended with exit code 3/)
      expect(records[0]).toMatchObject({ record: 'job', schema: 1, job: { capture: { scope: 'cgroup' } } })
      const events = eventsIn(records)
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
      expect(events[0]).toMatchObject({
        kind: 'process',
        op: 'exec',
        argv: ['sh', '-c', expect.any(String)],
        process: 1,
        step: 1,
        hash: 'exact',
      })
      expect(events).toContainEqual(expect.objectContaining({ kind: 'process', op: 'exec', argv: ['ls', '/'] }))
      expect(events).toContainEqual(expect.objectContaining({ kind: 'file', op: 'create', path: expect.stringMatching(/\/made$/) }))
      const end = records.at(-1)
      expect(end).toMatchObject({ record: 'end', end: { exitCode: 3, verdict: 'complete', events: events.length } })
      if (end?.record !== 'end') throw new Error('no end')
      for (const entry of end.end.accounting) expect(entry.delivered + entry.aggregated + entry.lost).toBe(entry.made)
    },
    TIMEOUT_MS,
  )

  test(
    'watches nothing of how it starts the command: the first event is the command itself',
    async () => {
      const { records } = await record(['true'])
      const events = eventsIn(records)
      expect(events.map((event) => `${event.kind} ${'op' in event ? event.op : ''}`)).toEqual(['process exec', 'process exit'])
    },
    TIMEOUT_MS,
  )

  test(
    'ends as the command ends',
    async () => {
      expect(await codeOf('sh', '-c', 'kill -9 $$')).toBe(137)
      expect(await codeOf('no-such-command-anywhere')).toBe(127)
      expect(await codeOf('/etc/passwd')).toBe(126)
      expect((await gatehouse(['run', 'true'])).code).toBe(2)
    },
    TIMEOUT_MS,
  )

  test(
    'passes standard input through, and a signal on to the command',
    async () => {
      expect((await gatehouse(['run', '--quiet', '--', 'cat'], { stdin: 'hello' })).stdout).toBe('hello')
      const command = ['sh', '-c', 'trap "echo term; exit 7" TERM; echo ready; while :; do sleep 0.1; done']
      const result = await gatehouse(['run', '--quiet', '--', ...command], {
        onStart: (pid, output) => void until(() => output().includes('ready')).then(() => process.kill(pid, 'SIGTERM')),
      })
      expect(result).toMatchObject({ code: 7, stdout: 'ready\nterm\n' })
    },
    TIMEOUT_MS,
  )

  test(
    'gives the command the terminal',
    () => {
      const run = `${process.execPath} ${LAUNCHER} run --quiet -- sh -c 'test -t 0 && test -t 1 && echo on a terminal'`
      const { stdout } = spawnSync('/usr/bin/script', ['-qec', run, '/dev/null'], { encoding: 'utf8' })
      expect(stdout).toContain('on a terminal')
    },
    TIMEOUT_MS,
  )

  test(
    'removes its cgroup, also when a process outlives the command, and says that one did',
    async () => {
      const { records, stderr, stdout } = await record(['sh', '-c', 'sleep 3 > /dev/null 2>&1 & cat /proc/self/cgroup'])
      expect(stderr.replace(/\s+/g, ' ')).toMatch(/1 process outlived the command/)
      const end = records.at(-1)
      expect(end?.record === 'end' ? end.end.notes : []).toEqual([expect.stringContaining('/sleep')])
      const cgroup = /^0::(.*\/gatehouse-\d+-[0-9a-f]+)$/m.exec(stdout)?.[1] ?? ''
      expect(cgroup).not.toBe('')
      expect(existsSync(join(cgroup2Mount() ?? '', cgroup))).toBe(false)
    },
    TIMEOUT_MS,
  )

  test(
    'leaves no secret in report or summary, wherever the command puts it',
    async () => {
      const ghp = ['ghp', 'CANARYcanary0123456789CANARY'].join('_')
      const script = [
        `echo x > "$D/${ghp}.txt"`,
        `mv "$D/${ghp}.txt" "$D/new-${ghp}"`,
        `/bin/echo --password CANARYpassword --token=CANARYtoken https://user:CANARYuser@example.test/ > /dev/null`,
        `/bin/echo "$MY_SECRET" > /dev/null`,
        `cd "$D" && /bin/ls > /dev/null`,
      ].join('\n')
      const { records, raw, stderr } = await inTemporaryFolder((folder) =>
        record(['sh', '-c', script], {
          env: { D: folder, MY_SECRET: 'CANARYenvironment', NPM_TOKEN: 'CANARYnpm1234', GATEHOUSE_TOKEN: 'CANARYours' },
        }),
      )
      expect(eventsIn(records).some(({ kind }) => kind === 'file')).toBe(true)
      expect(raw).toContain('‹redacted:')
      expect(raw).not.toMatch(/canary/i)
      expect(stderr).not.toMatch(/canary/i)
    },
    TIMEOUT_MS,
  )

  test(
    'keeps its token from the command',
    async () => {
      const { stdout } = await gatehouse(['run', '--quiet', '--', 'env'], { env: { GATEHOUSE_TOKEN: 'CANARY' } })
      expect(stdout).toContain('PATH=')
      expect(stdout).not.toContain('CANARY')
    },
    TIMEOUT_MS,
  )

  test(
    'shows hostile names without obeying them',
    async () => {
      const { stderr } = await inTemporaryFolder((folder) =>
        record(['sh', '-c', `echo x > "${folder}/$(printf 'a\\033[31m\\342\\200\\256b')"`]),
      )
      expect(stderr).not.toContain('\u001b')
      expect(stderr).not.toContain('\u202e')
      expect(stderr).toContain('\\e[31m')
      for (const line of stderr.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(80)
    },
    TIMEOUT_MS,
  )

  test(
    'sees a cleartext request with its method, host, path and outcome, and not its query or body',
    async () => {
      const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
      try {
        await until(() => server.listening)
        const { port } = server.address() as AddressInfo
        const script = `fetch('http://127.0.0.1:${port}/upload?q=CANARY', { method: 'POST', headers: { authorization: 'Bearer CANARY' }, body: 'CANARY' })`
        const { records, raw } = await record([
          process.execPath,
          '-e',
          `eval(Buffer.from('${Buffer.from(script).toString('base64')}', 'base64').toString())`,
        ])
        const events = eventsIn(records)
        expect(events).toContainEqual(
          expect.objectContaining({ kind: 'network', op: 'connect', ip: '127.0.0.1', port, outcome: 'established' }),
        )
        expect(events).toContainEqual(
          expect.objectContaining({ kind: 'http', method: 'POST', path: '/upload', host: '127.0.0.1', credential: expect.any(String) }),
        )
        expect(raw).not.toContain('CANARY')
      } finally {
        server.close()
      }
    },
    TIMEOUT_MS,
  )

  test(
    'without privileges says what is missing, and runs unwatched only when that is allowed',
    async () => {
      const wrap = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all', '--bounding-set=-all']
      const refused = await gatehouse(['run', '--', 'echo', 'no'], { wrap })
      expect(refused).toMatchObject({ code: 125, stdout: '' })
      expect(refused.stderr).toMatch(/root, or the capabilities/)
      const allowed = await gatehouse(['run', '--allow-degraded', '--', 'sh', '-c', 'echo yes; exit 4'], { wrap })
      expect(allowed).toMatchObject({ code: 4, stdout: 'yes\n' })
      expect(allowed.stderr).toMatch(/Not watched/)
    },
    TIMEOUT_MS,
  )
})

describeWith(['root', 'ebpf', 'cgroup2'], 'gatehouse run --server', () => {
  let server: Server | undefined
  afterEach(() => {
    server?.close()
    server?.closeAllConnections()
  })

  async function receive(answer: (request: IncomingMessage, response: ServerResponse, n: number) => void) {
    const batches = new Map<number, Buffer>()
    let requests = 0
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const n = Number(/\/batches\/(\d+)$/.exec(request.url ?? '')?.[1])
        requests++
        if (request.headers.authorization === 'Bearer the-token') batches.set(n, zstdDecompressSync(Buffer.concat(chunks)))
        answer(request, response, requests)
      })
    }).listen(0, '127.0.0.1')
    await until(() => server?.listening === true)
    const { port } = server.address() as AddressInfo
    return { url: `http://127.0.0.1:${port}`, batches, requests: () => requests }
  }

  test(
    'delivers the very record of the report, live, and leaves nothing in the spool',
    async () => {
      const { url, batches } = await receive((_, response) => response.end('{}'))
      await inTemporaryFolder(async (folder) => {
        const report = join(folder, 'report.jsonl')
        writeFileSync(join(folder, 'token'), 'the-token\n')
        let live = 0
        const result = await gatehouse(
          [
            'run',
            '--report',
            report,
            '--server',
            url,
            '--token-file',
            join(folder, 'token'),
            '--',
            'sh',
            '-c',
            'ls / > /dev/null; sleep 3; echo end',
          ],
          {
            env: { GATEHOUSE_STATE: folder },
            onStart: (_, output) => void until(() => batches.size > 0).then(() => (live = output() === '' ? 1 : 0)),
          },
        )
        expect(result).toMatchObject({ code: 0, stdout: 'end\n' })
        expect(live).toBe(1)
        expect(recordsOf(batches)).toEqual(readReport(report))
        expect(readdirSync(join(folder, 'spool'))).toEqual([])
      })
    },
    TIMEOUT_MS,
  )

  test(
    'waits as long as a busy server asks, then delivers everything once',
    async () => {
      const times: number[] = []
      const { url, batches } = await receive((_, response, n) => {
        times.push(performance.now())
        if (n === 1) response.writeHead(429, { 'retry-after': '1' })
        response.end('{}')
      })
      await inTemporaryFolder(async (folder) => {
        const result = await gatehouse(['run', '--quiet', '--server', url, '--', 'true'], {
          env: { GATEHOUSE_STATE: folder, GATEHOUSE_TOKEN: 'the-token' },
        })
        expect(result).toMatchObject({ code: 0, stderr: '' })
      })
      expect(recordsOf(batches).at(-1)).toMatchObject({ record: 'end' })
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900)
    },
    TIMEOUT_MS,
  )

  test(
    'keeps what a server that is away did not take, in a folder for root alone and free of secrets, and the next run delivers it',
    async () => {
      const away = await receive((_, response) => response.destroy())
      await inTemporaryFolder(async (folder) => {
        const env = { GATEHOUSE_STATE: folder, GATEHOUSE_TOKEN: 'the-token', MY_SECRET: 'CANARYenvironment' }
        const first = await gatehouse(
          ['run', '--server', away.url, '--', 'sh', '-c', '/bin/echo $MY_SECRET --password CANARYargument > /dev/null'],
          { env },
        )
        expect(first.code).toBe(0)
        expect(first.stderr.replace(/\s+/g, ' ')).toMatch(/not sent .* kept in/)
        const [job = ''] = readdirSync(join(folder, 'spool'))
        const files = readdirSync(join(folder, 'spool', job)).filter((name) => name.endsWith('.batch'))
        expect(files.length).toBeGreaterThan(0)
        for (const file of files)
          expect(zstdDecompressSync(readFileSync(join(folder, 'spool', job, file))).toString()).not.toContain('CANARY')

        // The same address answers again.
        const { port } = new URL(away.url)
        server?.removeAllListeners('request')
        const taken = new Set<string>()
        server?.on('request', (request: IncomingMessage, response: ServerResponse) => {
          request.resume().on('end', () => {
            taken.add(request.url ?? '')
            response.end('{}')
          })
        })
        expect(Number(port)).toBeGreaterThan(0)
        await gatehouse(['run', '--quiet', '--server', away.url, '--', 'true'], { env })
        expect([...taken].filter((url) => url.includes(job)).length).toBe(files.length)
        expect(readdirSync(join(folder, 'spool'))).toEqual([])
      })
    },
    TIMEOUT_MS,
  )
})
