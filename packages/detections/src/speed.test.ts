/* What all detections together cost per event, and that a hostile job cannot make their memory grow. */
import type { Event } from '@gatehouse/schema'
import { sampleJob } from '@gatehouse/schema/testing'
import { expect, test } from 'vitest'
import { createBoundedMap } from './bounded.ts'
import { createDetector } from './detector.ts'

const ID = '00000000-0000-4000-8000-000000000000'
/** The target is 3 µs of processor time. The limit only catches what makes it many times dearer: tests run on shared machines. */
const LIMIT_US = 100

test('all detections together cost a few microseconds per event of an ordinary job', () => {
  const events = sampleJob({ seed: 7, events: 20_000 }).records.flatMap((record) => (record.record === 'event' ? [record.event] : []))
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 1; round++) {
    const detector = createDetector(() => ID)
    const started = process.cpuUsage()
    for (const event of events) detector.observe(event)
    const used = process.cpuUsage(started)
    best = Math.min(best, (used.user + used.system) / events.length)
  }
  console.log(`${best.toFixed(2)} µs per event with all detections`)
  expect(best).toBeLessThan(LIMIT_US)
}, 60_000)

test('a flood of processes with long arguments and of files is forgotten, not kept', () => {
  const detector = createDetector(() => ID)
  const started = process.memoryUsage().heapUsed
  for (let n = 1; n <= 20_000; n++) {
    const common = { seq: n, time: n, step: 1, process: n, exe: '/x' }
    const text = `${n}`.padStart(3_000, 'a')
    const exec: Event = { ...common, kind: 'process', op: 'exec', pid: n, startNs: n, parent: n - 1, argv: [text] }
    detector.observe(exec)
    detector.observe({ ...common, kind: 'process', op: 'exit', pid: n, startNs: n })
    detector.observe({ ...common, kind: 'file', op: 'create', path: `/${text}` })
  }
  expect((process.memoryUsage().heapUsed - started) / 1e6).toBeLessThan(400)
}, 60_000)

test('a bounded map forgets the oldest by number and by cost, and counts it', () => {
  const map = createBoundedMap<number, string>(3, 10, (value) => value.length)
  for (const key of [1, 2, 3, 4]) map.set(key, 'ab')
  expect([map.get(1), map.get(4), map.size, map.forgotten]).toEqual([undefined, 'ab', 3, 1])
  map.set(5, '12345678')
  expect([map.get(3), map.get(4), map.get(5), map.forgotten]).toEqual([undefined, 'ab', '12345678', 3])
}, 60_000)
