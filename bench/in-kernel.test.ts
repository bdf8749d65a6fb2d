import { expect, test } from 'vitest'
import { foreignPrice, shareOfJob, since } from './in-kernel.ts'

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

test('what happened before the job began does not count', () => {
  const start = [{ name: 'on_call', runs: 9_000, nanoseconds: 900_000 }]
  expect(since(start, programs)).toEqual([
    { name: 'on_exec', runs: 10, nanoseconds: 50_000 },
    { name: 'on_call', runs: 1_000, nanoseconds: 100_000 },
  ])
})

test('the price of a neighbour is what the calls of neighbours cost, or nothing when there were too few to tell', () => {
  expect(foreignPrice(programs)).toBe(100)
  expect(foreignPrice([{ name: 'on_call', runs: 20, nanoseconds: 9_000 }])).toBe(0)
})
