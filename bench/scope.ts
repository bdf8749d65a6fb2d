/** A command that waits to be released, in a cgroup of its own, so that the sensor sees its first instruction. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'

export interface HeldCommand {
  readonly pid: number
  readonly cgroup: string
  /** Lets it go on, and resolves with its standard output when it has ended well. */
  release(): Promise<string>
  /** Ends it if need be and removes the cgroup. */
  remove(): Promise<void>
}

/** @throws Error without a cgroup2 mount. */
export function holdCommand(argv: readonly string[], cwd: string): HeldCommand {
  const mount = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) => existsSync(join(path, 'cgroup.controllers')))
  if (mount === undefined) throw new Error('needs a cgroup2 mount')
  const cgroup = join(mount, `gatehouse-bench-${randomBytes(4).toString('hex')}`)
  mkdirSync(cgroup)
  const child = spawn('sh', ['-c', 'read go && exec "$@"', 'held', ...argv], { cwd, stdio: ['pipe', 'pipe', 'inherit'] })
  if (child.pid === undefined) throw new Error('sh does not start')
  writeFileSync(join(cgroup, 'cgroup.procs'), String(child.pid))
  return {
    pid: child.pid,
    cgroup,
    release: () => released(child, argv),
    async remove() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('close', resolve))
        child.kill('SIGKILL')
        await ended
      }
      rmdirSync(cgroup)
    },
  }
}

function released(child: ChildProcess, argv: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`${argv.join(' ')} ended with ${code}`))))
    child.stdin?.end('go\n')
  })
}
