import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/requirements.ts'
import { loadNative, prebuildsFolder } from './native.ts'

const native = loadNative()
const bytes = readFileSync(path.join(prebuildsFolder(), 'sensor.bpf.o'))

describe('the addon', () => {
  test('refuses what is not a handle, and a handle of the other kind', () => {
    for (const wrong of [undefined, null, {}, 1, 'x', []]) {
      // Deliberately wrong: the addon must not trust its callers' types.
      expect(() => native.load(wrong as never)).toThrow(TypeError)
      expect(() => native.wait(wrong as never, 1)).toThrow(TypeError)
    }
    const object = native.open(bytes)
    expect(() => native.wait(object as never, 1)).toThrow(TypeError)
    native.close(object)
  })

  test('says what libbpf said about an object that is none', () => {
    expect(() => native.open(Buffer.from('not an object'))).toThrow(
      expect.objectContaining({ log: expect.stringContaining('ELF') as string }),
    )
    expect(() => native.open('path' as never)).toThrow(TypeError)
  })

  test('every use after closing is an error, closing twice is not', () => {
    const object = native.open(bytes)
    native.close(object)
    native.close(object)
    expect(() => native.load(object)).toThrow(expect.objectContaining({ code: 'EBADF' }))
    expect(() => native.mapGet(object, 'counters', Buffer.alloc(4))).toThrow(expect.objectContaining({ code: 'EBADF' }))
  })

  test('settings are checked by name and size', () => {
    const object = native.open(bytes)
    expect(() => native.setGlobal(object, 'no_such_setting', Buffer.alloc(4))).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    expect(() => native.setGlobal(object, 'agent_pid', Buffer.alloc(8))).toThrow(expect.objectContaining({ code: 'EINVAL' }))
    expect(() => native.setMapSize(object, 'critical', -1)).toThrow(TypeError)
    expect(() => native.setMapSize(object, 'critical', 1.5)).toThrow(TypeError)
    expect(() => native.setAutoload(object, 'nothing', true)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    native.close(object)
  })

  test('a truncated object never crashes', () => {
    for (let length = 0; length < bytes.length; length += 4_099) {
      try {
        native.close(native.open(bytes.subarray(0, length)))
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
      }
    }
  })

  test('a reader wants descriptors of rings', () => {
    expect(() => native.openReader([])).toThrow(TypeError)
    expect(() => native.openReader([-1])).toThrow(expect.objectContaining({ code: 'EBADF' }))
    expect(() => native.openReader([0])).toThrow()
  })
})

describeWith(['root', 'ebpf'], 'the addon with a loaded object', () => {
  test('maps are checked by the size of key and value', () => {
    const object = native.open(bytes)
    native.setAutoload(object, 'on_io_uring', native.hasTracepoint('io_uring_submit_req'))
    native.load(object)
    const key = Buffer.from([1, 0, 0, 0])
    expect(() => native.mapGet(object, 'processes', Buffer.alloc(3))).toThrow(expect.objectContaining({ code: 'EINVAL' }))
    expect(() => native.mapSet(object, 'processes', key, Buffer.alloc(3))).toThrow(expect.objectContaining({ code: 'EINVAL' }))
    expect(native.mapGet(object, 'processes', key)).toBeUndefined()
    native.mapSet(object, 'processes', key, Buffer.alloc(24, 1))
    expect(native.mapGet(object, 'processes', key)).toEqual(Buffer.alloc(24, 1))
    expect(native.mapNextKey(object, 'processes')).toEqual(key)
    expect(native.mapNextKey(object, 'processes', key)).toBeUndefined()
    expect(native.mapDelete(object, 'processes', key)).toBe(true)
    expect(native.mapDelete(object, 'processes', key)).toBe(false)
    expect(native.mapGet(object, 'counters', key)?.length).toBe(32 * native.possibleCpus())
    expect(() => native.openReader([native.mapDescriptor(object, 'processes')])).toThrow(expect.objectContaining({ code: 'EINVAL' }))
    expect(() => native.load(object)).toThrow(expect.objectContaining({ code: 'EBUSY' }))
    native.close(object)
  })

  test('an attachment to what is not there says so', () => {
    const object = native.open(bytes)
    native.setAutoload(object, 'on_io_uring', native.hasTracepoint('io_uring_submit_req'))
    native.load(object)
    expect(() => native.attachCgroup(object, 'on_egress', '/no/such/cgroup')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    expect(() => native.attach(object, 'no_such_program')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    native.close(object)
  })
})
