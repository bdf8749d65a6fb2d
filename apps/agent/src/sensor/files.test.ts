import { chmodSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/requirements.ts'
import { type Bench, type Capture, createBench, writeTo } from './testing/harness.ts'

describeWith(['root', 'ebpf', 'cgroup2', 'cc'], 'files', () => {
  let bench: Bench
  let seen: Capture
  let folder: string

  beforeAll(async () => {
    bench = createBench()
    folder = path.join(bench.directory, 'work')
    mkdirSync(folder)
    seen = await bench.capture(async () => {
      await bench.run([bench.program('acts-files'), folder])
    })
  })
  afterAll(() => {
    bench.remove()
  })

  const opens = () =>
    seen
      .of('open')
      .filter((open) => open.path.startsWith(folder))
      .map((open) => path.relative(folder, open.path))
  const changes = () =>
    seen.of('path').map(({ op, path: from, to }) => [op, from, to].flatMap((word) => word?.replace(`${folder}/`, '') ?? []))

  test('every spelling of a path is resolved to where the file really is', () => {
    expect(opens()).toEqual(['plain', 'dotted', 'real/through', 'real/at', 'two', 'creat', 'dotted'])
  })

  test('a new file is told apart from one that was there', () => {
    const created = seen.of('open').filter((open) => open.path.startsWith(folder) && open.created)
    expect(created.map((open) => path.basename(open.path))).toEqual(['plain', 'dotted', 'through', 'at', 'two', 'creat'])
  })

  test('the caller emptying a file is told', () => {
    const emptied = seen.of('open').filter((open) => open.path.startsWith(folder) && open.truncated)
    expect(emptied.map((open) => path.basename(open.path))).toEqual(['plain', 'creat'])
  })

  test('device and inode are those of stat', () => {
    const { dev, ino } = statSync(path.join(folder, 'creat'))
    const open = seen.of('open').find((one) => one.path === path.join(folder, 'creat'))
    expect([open?.device, open?.inode]).toEqual([dev, String(ino)])
  })

  test('changes of names and modes are told with both names, failures of search are not', () => {
    expect(changes()).toEqual([
      ['symlink', 'real', 'alias'],
      ['rename', 'plain', 'renamed'],
      ['rename', 'renamed', 'real/moved'],
      ['rename', 'two', 'two-b'],
      ['link', 'creat', 'hard'],
      ['link', 'creat', 'hard-at'],
      ['symlink', '../words only', 'soft'],
      ['symlink', '/etc/passwd', 'soft-at'],
      ['truncate', 'creat'],
      ['truncate', 'dotted'],
      ['chmod', 'creat'],
      ['chmod', 'dotted'],
      ['chmod', 'hard'],
      ['unlink', 'hard'],
      ['unlink', 'hard-at'],
      ['unlink', 'empty'],
    ])
  })

  test('modes and lengths come along', () => {
    const lengths = seen.of('path').filter(({ op }) => op === 'truncate')
    const modes = seen.of('path').filter(({ op }) => op === 'chmod')
    expect(modes.map(({ argument }) => argument)).toEqual([0o600, 0o700, 0o640])
    expect(lengths.map(({ argument }) => argument)).toEqual([5, 7])
  })

  test('reading a secret file is told with its family, reading others is not', async () => {
    const aws = writeTo(path.join(bench.directory, 'home/.aws/credentials'), 'decoy')
    const other = writeTo(path.join(bench.directory, 'home/credentials'), 'harmless')
    const key = writeTo(path.join(bench.directory, 'home/keys/id_ed25519'), 'decoy')
    const { records } = await bench.capture(async () => {
      for (const file of [aws, other, key, '/etc/shadow']) await bench.run([bench.program('acts-system'), 'read', file])
    })
    const reads = records.flatMap((record) => (record.type === 'open' && record.secret !== undefined ? [[record.path, record.secret]] : []))
    expect(reads).toEqual([
      [aws, 'cloud'],
      [key, 'ssh'],
      ['/etc/shadow', 'shadow'],
    ])
  })

  test('a path deeper than we follow is told as cut, with its end', async () => {
    const captured = await bench.capture(async () => {
      await bench.run(['/bin/sh', '-c', `cd ${bench.directory}; for i in $(seq 80); do mkdir d; cd d; done; echo x > leaf`])
    })
    const leaf = captured.of('open').find((open) => open.path.endsWith('/leaf'))
    expect(leaf?.pathCut).toBe(true)
    expect(leaf?.path).toContain('/d/d/d/d/leaf')
  })

  test('a denied read is told with its errno', async () => {
    const file = writeTo(path.join(bench.directory, 'denied/id_rsa'), 'decoy')
    chmodSync(file, 0o600)
    const captured = await bench.capture(async () => {
      await bench.run([bench.program('acts-system'), 'denied', file])
    })
    expect(captured.of('path').map(({ op, path: named, result }) => [op, named, result])).toEqual([['open', file, -13]])
  })

  test('repeated opens are counted into one record, and the next record says how many', async () => {
    const captured = await bench.capture(
      async () => {
        await bench.run([bench.program('storm'), folder, '1000', '1', '0'])
      },
      { windowMilliseconds: 60_000 },
    )
    const file = captured.of('open').filter((open) => open.path === path.join(folder, 'f0'))
    // The first open creates the file, which is another act than opening what is there.
    expect(file.map((open) => open.created)).toEqual([true, false])
    expect(captured.account('open-write')).toMatchObject({ made: 1000, delivered: 2, aggregated: 998, lost: 0 })
  })
})
