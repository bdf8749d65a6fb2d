/* Names of the system calls and io_uring opcodes that records carry by number (x86-64 numbering on every architecture). */
import type { MemoryRecord, PathRecord, SystemRecord } from './record.ts'

export const MEMORY_CALLS: ReadonlyMap<number, MemoryRecord['op']> = new Map([
  [101, 'ptrace'],
  [310, 'read'],
  [311, 'write'],
  [438, 'take-fd'],
])

export const PATH_CALLS: ReadonlyMap<number, PathRecord['op']> = new Map([
  [2, 'open'],
  [76, 'truncate'],
  [77, 'truncate'],
  [82, 'rename'],
  [84, 'unlink'],
  [85, 'open'],
  [86, 'link'],
  [87, 'unlink'],
  [88, 'symlink'],
  [90, 'chmod'],
  [91, 'chmod'],
  [257, 'open'],
  [263, 'unlink'],
  [264, 'rename'],
  [265, 'link'],
  [266, 'symlink'],
  [268, 'chmod'],
  [316, 'rename'],
  [437, 'open'],
  [452, 'chmod'],
])

/** `texts`: how many strings the kernel side reads for it. */
export interface SystemCall {
  readonly op: SystemRecord['op']
  readonly name: string
  readonly texts: number
}

export const SYSTEM_CALLS: ReadonlyMap<number, SystemCall> = new Map([
  [41, { op: 'other', name: 'socket', texts: 0 }],
  [62, { op: 'other', name: 'kill', texts: 0 }],
  [155, { op: 'mount', name: 'pivot_root', texts: 2 }],
  [161, { op: 'chroot', name: 'chroot', texts: 1 }],
  [165, { op: 'mount', name: 'mount', texts: 3 }],
  [166, { op: 'mount', name: 'umount2', texts: 1 }],
  [175, { op: 'module', name: 'init_module', texts: 0 }],
  [176, { op: 'module', name: 'delete_module', texts: 1 }],
  [200, { op: 'other', name: 'tkill', texts: 0 }],
  [234, { op: 'other', name: 'tgkill', texts: 0 }],
  [246, { op: 'kexec', name: 'kexec_load', texts: 0 }],
  [272, { op: 'unshare', name: 'unshare', texts: 0 }],
  [298, { op: 'other', name: 'perf_event_open', texts: 0 }],
  [308, { op: 'setns', name: 'setns', texts: 0 }],
  [313, { op: 'module', name: 'finit_module', texts: 1 }],
  [319, { op: 'memfd', name: 'memfd_create', texts: 1 }],
  [320, { op: 'kexec', name: 'kexec_file_load', texts: 0 }],
  [321, { op: 'bpf', name: 'bpf', texts: 0 }],
  [323, { op: 'userfaultfd', name: 'userfaultfd', texts: 0 }],
  [425, { op: 'io-uring', name: 'io_uring_setup', texts: 0 }],
  [428, { op: 'mount', name: 'open_tree', texts: 1 }],
  [429, { op: 'mount', name: 'move_mount', texts: 2 }],
  [432, { op: 'mount', name: 'fsmount', texts: 0 }],
  [442, { op: 'mount', name: 'mount_setattr', texts: 1 }],
])

/** The opcodes the kernel side reports; from linux/io_uring.h. */
export const IO_URING_OPCODES: ReadonlyMap<number, string> = new Map([
  [9, 'SENDMSG'],
  [16, 'CONNECT'],
  [18, 'OPENAT'],
  [26, 'SEND'],
  [28, 'OPENAT2'],
  [35, 'RENAMEAT'],
  [36, 'UNLINKAT'],
  [37, 'MKDIRAT'],
  [38, 'SYMLINKAT'],
  [39, 'LINKAT'],
  [45, 'SOCKET'],
  [46, 'URING_CMD'],
  [47, 'SEND_ZC'],
  [48, 'SENDMSG_ZC'],
  [55, 'FTRUNCATE'],
])
