import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWith } from '../../../../tools/requirements.ts'
import { cgroup2Mount, createCgroup } from './cgroup.ts'

describeWith(['root', 'cgroup2'], 'the cgroup of a job', () => {
  const mount = cgroup2Mount() ?? ''

  test('is removed with processes still in it, which live on', async () => {
    const cgroup = createCgroup(mount)
    const child = spawn('sleep', ['30'])
    try {
      cgroup.add(child.pid ?? 0)
      expect(cgroup.members()).toEqual([child.pid])
      expect(cgroup.remove()).toBe(true)
      expect(child.exitCode).toBeNull()
    } finally {
      child.kill()
    }
  })

  test('that a killed agent left is removed by the next one; that of a living agent and one in use are not', () => {
    const gone = spawnSync('true').pid
    const parent = join(createAndRemove(mount), '..')
    const [abandoned, living] = [gone, 1].map((pid) => join(parent, `gatehouse-${pid}-0123456789ab`))
    for (const path of [abandoned, living]) mkdirSync(path ?? '')
    try {
      createCgroup(mount).remove()
      expect(existsSync(abandoned ?? '')).toBe(false)
      expect(existsSync(living ?? '')).toBe(true)
    } finally {
      rmdirSync(living ?? '')
    }
  })
})

function createAndRemove(mount: string): string {
  const cgroup = createCgroup(mount)
  cgroup.remove()
  return cgroup.path
}
