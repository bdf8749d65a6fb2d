/** Facts about running processes, from /proc. A process may be gone at any moment; then there is nothing to say. */
import { readdirSync, readFileSync } from 'node:fs'

/** The first child of the timing shell: the watcher under measurement. */
export function agentProcess(shell: number): number | undefined {
  const [child] = contentOf(`/proc/${shell}/task/${shell}/children`).trim().split(' ')
  return child === undefined || child === '' ? undefined : Number(child)
}

/** The most memory a process has had resident so far, bytes. */
export function peakResidentBytes(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(contentOf(`/proc/${pid}/status`))?.[1]
  return kilobytes === undefined ? 0 : Number(kilobytes) * 1024
}

/** The kernel's ids of the BPF programs that a process holds. */
export function bpfPrograms(pid: number): ReadonlySet<number> {
  const found = new Set<number>()
  let descriptors: string[] = []
  try {
    descriptors = readdirSync(`/proc/${pid}/fdinfo`)
  } catch {
    // Gone.
  }
  for (const descriptor of descriptors) {
    const id = /^prog_id:\s*(\d+)/m.exec(contentOf(`/proc/${pid}/fdinfo/${descriptor}`))?.[1]
    if (id !== undefined) found.add(Number(id))
  }
  return found
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
