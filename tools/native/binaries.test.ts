import { describe, expect, test } from 'vitest'
import { loadableComplaint } from './binaries.ts'

/** As objdump prints them: the dynamic section, then the dynamic symbols. */
const GOOD = `
Dynamic Section:
  NEEDED               libc.so.6

DYNAMIC SYMBOL TABLE:
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.33) fstat
0000000000000000      D  *UND*	0000000000000000  Base        napi_create_error
0000000000000000  w   D  *UND*	0000000000000000  Base        __gmon_start__
0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.2.5) malloc
`

describe('the check of a built addon', () => {
  test('accepts one that needs only an old C library and Node', () => {
    expect(loadableComplaint(GOOD)).toBeUndefined()
  })

  test('refuses one that needs another library', () => {
    expect(loadableComplaint(GOOD.replace('libc.so.6', 'libelf.so.1'))).toContain('libelf.so.1')
  })

  test('refuses a symbol newer than the oldest system has, comparing numbers and not text', () => {
    expect(loadableComplaint(GOOD.replace('GLIBC_2.33', 'GLIBC_2.38'))).toBe('fstat needs GLIBC 2.38; at most 2.34 is allowed')
    expect(loadableComplaint(GOOD.replace('GLIBC_2.33', 'GLIBC_2.4'))).toBeUndefined()
  })

  test('refuses a symbol that nothing provides', () => {
    expect(loadableComplaint(GOOD.replace('napi_create_error', 'bpf_obj_get'))).toBe('undefined symbols: bpf_obj_get')
  })
})
