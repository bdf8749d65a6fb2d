/*
 * What a test needs from the machine. Absent, the test is skipped and its title says why; with CI=true it fails instead,
 * because there an absent prerequisite is a broken installation and a green run would hide it.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { describe } from 'vitest'

/** Each need: undefined when it is met, else what is missing and how to get it. */
const NEEDS = {
  root: () => (process.getuid?.() === 0 ? undefined : 'needs root'),
  ebpf: () => (existsSync('/sys/kernel/btf/vmlinux') ? undefined : 'needs a kernel with BTF (/sys/kernel/btf/vmlinux)'),
  cgroup2: () => (cgroup2Mount() ? undefined : 'needs a cgroup2 mount'),
  cc: () => program('cc', 'gcc'),
  clang: () => program('clang', 'clang'),
  git: () => program('git', 'git'),
  python3: () => program('python3', 'python3'),
  make: () => program('make', 'make'),
  ip: () => program('ip', 'iproute2'),
  strace: () => program('strace', 'strace'),
  chromium: () => program('chromium', 'chromium'),
} satisfies Record<string, () => string | undefined>

export type Need = keyof typeof NEEDS

/** The first unmet need in words, or undefined. */
export function unmet(...needs: readonly Need[]): string | undefined {
  for (const need of needs) {
    const reason = NEEDS[need]()
    if (reason !== undefined) return reason
  }
  return undefined
}

/** `describe`, but skipped with the reason in its title when a need is not met; with CI=true it throws. */
export function describeWith(needs: readonly Need[], title: string, body: () => void): void {
  const reason = unmet(...needs)
  if (reason === undefined) {
    describe(title, body)
    return
  }
  if (process.env['CI'] === 'true') throw new Error(`"${title}" cannot run, and CI must not skip it: ${reason}`)
  describe.skip(`${title} (skipped: ${reason})`, body)
}

/** The cgroup2 mount: unified at the usual place, or the hybrid layout's second mount. */
export function cgroup2Mount(): string | undefined {
  return ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((mount) => existsSync(path.join(mount, 'cgroup.controllers')))
}

function program(name: string, debianPackage: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    try {
      accessSync(path.join(folder, name), constants.X_OK)
      return spawnSync(path.join(folder, name), ['--version']).error ? `${name} does not start` : undefined
    } catch {
      // Not in this folder.
    }
  }
  return `needs ${name} (Debian package ${debianPackage})`
}
