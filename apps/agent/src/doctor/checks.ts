/*
 * What the sensor needs of a machine, one check each: what was found, what follows from it, and how to change it. `gatehouse run` asks the
 * required ones before it starts, `gatehouse doctor` shows all of them.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { release } from 'node:os'
import { cgroup2Mount } from '../run/cgroup.ts'

export interface Check {
  readonly id: string
  readonly title: string
  readonly ok: boolean
  /** Without it the sensor cannot start. */
  readonly required: boolean
  /** What was found. */
  readonly found: string
  /** What follows, when it is not as it should be. */
  readonly consequence?: string
  /** How to get it. */
  readonly remedy?: string
}

/** Capability numbers (uapi: capability.h). */
const CAPABILITIES = { net_admin: 12, sys_ptrace: 19, sys_admin: 21, sys_resource: 24, perfmon: 38, bpf: 39 } as const

/** Kernel releases the sensor's object is made for: two ring buffers and everything it attaches to exist from 5.10 on. */
const KERNEL_MIN = [5, 10] as const

/** Checks that need no kernel program, in the order in which a person would mend them. */
export function machineChecks(): Check[] {
  return [system(), kernel(), privileges(), btf(), cgroup2(), lockdown(), memoryLock(), container(), trampolines(), lsm()]
}

/** The first things that keep the sensor from starting, in words; empty when nothing is known to. */
export function obstacles(): Check[] {
  return machineChecks().filter((check) => check.required && !check.ok)
}

function system(): Check {
  const ok = process.platform === 'linux' && process.arch === 'x64'
  return {
    id: 'system',
    title: 'Linux on x86-64',
    ok,
    required: true,
    found: `${process.platform} on ${process.arch}`,
    ...(ok ? {} : { consequence: 'there is no sensor for this system yet', remedy: 'use a Linux machine with an x86-64 processor' }),
  }
}

function kernel(): Check {
  const [major = 0, minor = 0] = release()
    .split('.')
    .map((part) => Number.parseInt(part, 10))
  const ok = major > KERNEL_MIN[0] || (major === KERNEL_MIN[0] && minor >= KERNEL_MIN[1])
  return {
    id: 'kernel',
    title: `kernel ${KERNEL_MIN.join('.')} or later`,
    ok,
    required: true,
    found: release(),
    ...(ok ? {} : { consequence: 'the sensor does not load', remedy: 'boot a newer kernel' }),
  }
}

function privileges(): Check {
  const has = effectiveCapabilities()
  const ok = has('sys_admin') || (has('bpf') && has('perfmon') && has('net_admin'))
  const uid = process.geteuid?.() ?? -1
  return {
    id: 'privileges',
    title: 'root, or the capabilities to load kernel programs',
    ok,
    required: true,
    found: ok
      ? uid === 0
        ? 'root'
        : `user ${uid} with the capabilities`
      : uid === 0
        ? 'root without CAP_BPF and CAP_PERFMON'
        : `user ${uid}`,
    ...(ok
      ? {}
      : {
          consequence: 'the kernel does not let this process load programs',
          remedy:
            uid === 0
              ? 'give the container CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN and CAP_SYS_RESOURCE, or run on the host'
              : 'run it with sudo (sudo --preserve-env=GATEHOUSE_TOKEN gatehouse …)',
        }),
  }
}

function btf(): Check {
  const path = '/sys/kernel/btf/vmlinux'
  const ok = existsSync(path)
  return {
    id: 'btf',
    title: 'kernel type information (BTF)',
    ok,
    required: true,
    found: ok ? `${path}, ${Math.round(statSync(path).size / 1_048_576)} MB` : `${path} is not there`,
    ...(ok
      ? {}
      : {
          consequence: 'the sensor cannot be fitted to this kernel',
          remedy: 'boot a kernel built with CONFIG_DEBUG_INFO_BTF=y (every current distribution kernel is); in a container, mount /sys',
        }),
  }
}

function cgroup2(): Check {
  const mount = cgroup2Mount()
  const hybrid = mount !== undefined && mount !== '/sys/fs/cgroup'
  return {
    id: 'cgroup2',
    title: 'cgroup2 mounted',
    ok: mount !== undefined,
    required: true,
    found: mount === undefined ? 'not mounted' : `${mount}${hybrid ? ' (beside version 1)' : ''}`,
    ...(mount === undefined
      ? {
          consequence: 'a command cannot be given a cgroup of its own, and its packets cannot be told apart',
          remedy: 'mkdir -p /run/cgroup2 && mount -t cgroup2 none /run/cgroup2, or boot with systemd.unified_cgroup_hierarchy=1',
        }
      : {}),
  }
}

function lockdown(): Check {
  const mode = /\[(\w+)\]/.exec(read('/sys/kernel/security/lockdown') ?? '')?.[1] ?? 'none'
  const ok = mode !== 'confidentiality'
  return {
    id: 'lockdown',
    title: 'kernel lockdown lets programs read kernel memory',
    ok,
    required: true,
    found: mode,
    ...(ok ? {} : { consequence: 'the sensor cannot read what processes do', remedy: 'boot with lockdown=integrity or without lockdown=' }),
  }
}

function memoryLock(): Check {
  // From 5.11 on, maps are charged to the cgroup and this limit does not matter.
  const [major = 0, minor = 0] = release()
    .split('.')
    .map((part) => Number.parseInt(part, 10))
  const limit = /^Max locked memory\s+(\S+)/m.exec(read('/proc/self/limits') ?? '')?.[1] ?? 'unknown'
  const charged = major > 5 || (major === 5 && minor >= 11)
  const ok = charged || limit === 'unlimited' || effectiveCapabilities()('sys_resource')
  return {
    id: 'memory-lock',
    title: 'room for locked memory',
    ok,
    required: false,
    found: charged ? 'not limited on this kernel' : `limit ${limit}`,
    ...(ok ? {} : { consequence: 'loading may fail with "operation not permitted"', remedy: 'ulimit -l unlimited' }),
  }
}

function container(): Check {
  // The inode of the initial pid namespace is fixed (PROC_PID_INIT_INO in the kernel).
  const inside = !safely(() => statSync('/proc/self/ns/pid').ino === 0xeffffffc, true)
  const marked = existsSync('/.dockerenv') || existsSync('/run/.containerenv')
  const found = inside ? (marked ? 'a container' : 'a pid namespace of its own') : 'the initial pid namespace'
  return {
    id: 'host',
    title: 'the host itself, not a container',
    ok: !inside,
    required: false,
    found,
    ...(inside
      ? {
          consequence: 'pids in the record are those of the host, and names of steps may be missing',
          remedy: 'run gatehouse on the host; it sees into containers from there',
        }
      : {}),
  }
}

function lsm(): Check {
  const list = (read('/sys/kernel/security/lsm') ?? '').trim()
  const ok = list.split(',').includes('bpf')
  return {
    id: 'lsm',
    title: 'BPF among the security modules',
    ok,
    required: false,
    found: list === '' ? 'unknown (securityfs is not mounted)' : list,
    ...(ok
      ? {}
      : { consequence: 'nothing today: the sensor watches without it', remedy: 'boot with bpf added to lsm= for later enforcement' }),
  }
}

function trampolines(): Check {
  // Function tracing in the kernel is their condition. Whether they load is only known by loading one, which nothing here does yet.
  const traced = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'].some((folder) => existsSync(`${folder}/available_filter_functions`))
  return {
    id: 'fentry',
    title: 'function tracing (fentry)',
    ok: traced,
    required: false,
    found: traced
      ? 'the kernel has it; not tried, since the sensor does not use it'
      : 'not seen (absent, or tracefs is not mounted); not tried',
    ...(traced ? {} : { consequence: 'nothing today: the sensor watches without it' }),
  }
}

function effectiveCapabilities(): (name: keyof typeof CAPABILITIES) => boolean {
  const hex = /^CapEff:\s*([0-9a-f]+)/m.exec(read('/proc/self/status') ?? '')?.[1] ?? '0'
  const bits = BigInt(`0x${hex}`)
  return (name) => (bits & (1n << BigInt(CAPABILITIES[name]))) !== 0n
}

function read(path: string): string | undefined {
  return safely(() => readFileSync(path, 'utf8'), undefined)
}

function safely<T>(attempt: () => T, otherwise: T): T {
  try {
    return attempt()
  } catch {
    return otherwise
  }
}
