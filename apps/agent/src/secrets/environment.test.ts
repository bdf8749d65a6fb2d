import { expect, test } from 'vitest'
import { readEnvironment } from './environment.ts'

const block = (...entries: string[]) => Buffer.from(entries.map((entry) => `${entry}\0`).join(''))

test('only allow-listed names come out, and of injecting ones the name alone', () => {
  const view = readEnvironment(
    block('GITHUB_JOB=build', 'NPM_TOKEN=canary', 'LD_PRELOAD=/canary.so', 'GITHUB_TOKEN=canary', 'PATH=/canary'),
  )
  expect({ ...view.environment }).toEqual({ GITHUB_JOB: 'build' })
  expect(view.injection).toEqual(['LD_PRELOAD'])
  expect(JSON.stringify(view)).not.toContain('canary')
})

test('the first entry of a name wins, as it does for getenv', () => {
  expect(readEnvironment(block('GITHUB_JOB=first', 'GITHUB_JOB=second')).environment['GITHUB_JOB']).toBe('first')
})

test('a block that is cut, empty or nonsense is read as far as it goes', () => {
  expect(readEnvironment(Buffer.from('GITHUB_JOB=bui')).environment['GITHUB_JOB']).toBe('bui')
  expect(readEnvironment(Buffer.alloc(0)).injection).toEqual([])
  expect(readEnvironment(Buffer.from('\0\0=\0=x\0__proto__=1\0GITHUB_JOB')).environment).toEqual({})
})
