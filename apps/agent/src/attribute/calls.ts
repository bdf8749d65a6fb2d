/* Arguments of rare system calls, in words. Numbers are those of the kernel's public headers (uapi: ptrace.h, sched.h). */
import type { SystemRecord } from '../sensor/record.ts'

const PTRACE_REQUESTS: Readonly<Record<number, string>> = {
  0: 'PTRACE_TRACEME',
  1: 'PTRACE_PEEKTEXT',
  2: 'PTRACE_PEEKDATA',
  3: 'PTRACE_PEEKUSER',
  4: 'PTRACE_POKETEXT',
  5: 'PTRACE_POKEDATA',
  6: 'PTRACE_POKEUSER',
  7: 'PTRACE_CONT',
  8: 'PTRACE_KILL',
  9: 'PTRACE_SINGLESTEP',
  12: 'PTRACE_GETREGS',
  13: 'PTRACE_SETREGS',
  16: 'PTRACE_ATTACH',
  17: 'PTRACE_DETACH',
  24: 'PTRACE_SYSCALL',
  0x4200: 'PTRACE_SETOPTIONS',
  0x4204: 'PTRACE_GETREGSET',
  0x4205: 'PTRACE_SETREGSET',
  0x4206: 'PTRACE_SEIZE',
  0x4207: 'PTRACE_INTERRUPT',
}

export function ptraceRequest(request: number): string {
  return PTRACE_REQUESTS[request] ?? `request ${request}`
}

const NAMESPACES: readonly (readonly [number, string])[] = [
  [0x00020000, 'mount'],
  [0x02000000, 'cgroup'],
  [0x04000000, 'uts'],
  [0x08000000, 'ipc'],
  [0x10000000, 'user'],
  [0x20000000, 'pid'],
  [0x40000000, 'net'],
  [0x00000080, 'time'],
]

/** What was asked for, such as `mount /dev/sda1 on /mnt type ext4`. */
export function systemDetail({ op, call, args, text }: SystemRecord): string {
  const words = text.filter((word) => word !== '')
  if (op === 'unshare' || op === 'setns') {
    const flags = op === 'unshare' ? args[0] : args[1]
    const names = NAMESPACES.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => name)
    return names.length === 0 ? call : `${call} ${names.join(', ')}`
  }
  if (call === 'mount') {
    const [source = '', target = '', type = ''] = text
    return `mount ${source || 'none'} on ${target}${type === '' ? '' : ` type ${type}`}`
  }
  return words.length === 0 ? call : `${call} ${words.join(' ')}`
}
