import { expect, test } from 'vitest'
import { shareOfJob } from './in-kernel.ts'

const programs = [
  { name: 'on_exec', runs: 10, nanoseconds: 50_000 },
  { name: 'on_call', runs: 10_000, nanoseconds: 1_000_000 },
]

test('system calls of other processes are taken out of the in-kernel time, and nothing else', () => {
  expect(shareOfJob(programs, 4000, 100)).toBe(1_050_000 - 6000 * 100)
})

test('a job that made all the calls keeps all the time', () => {
  expect(shareOfJob(programs, 10_000, 100)).toBe(1_050_000)
  expect(shareOfJob(programs, 12_000, 100)).toBe(1_050_000)
})

test('the share is never below zero, however dear a return looked', () => {
  expect(shareOfJob(programs, 0, 1e6)).toBe(0)
})
