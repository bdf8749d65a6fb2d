/** `gatehouse run` as users get it: the launcher, started by the Node of this process. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../tools/root.ts'

const LAUNCHER = join(ROOT, 'apps/cli/bin/gatehouse.js')

/** What comes before a command to have it watched. */
export function gatehouseRun(report: string): readonly string[] {
  // Without TLS probes: in a bench they would be felt by every process of the machine that uses the same library.
  return ['/usr/bin/env', 'GATEHOUSE_TLS_PROBES=off', process.execPath, LAUNCHER, 'run', '--quiet', '--report', report, '--']
}

/** Why `gatehouse run` cannot be measured here, or undefined. */
export function cannotRun(): string | undefined {
  return cannotLoad() ?? (existsSync(LAUNCHER) ? undefined : `${LAUNCHER} does not exist`)
}

/** Why no sensor can be loaded here, or undefined. */
export function cannotLoad(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root, to load the sensor'
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'needs a kernel with BTF (/sys/kernel/btf/vmlinux)'
  return undefined
}
