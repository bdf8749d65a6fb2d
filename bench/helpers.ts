/** The small C programs of the benches, compiled once per run. */
import { join } from 'node:path'
import { command } from '../tools/debian/command.ts'

export interface Helpers {
  /** Makes known numbers of opens, execs and empty system calls. */
  readonly storm: string
  /** Ends at once. */
  readonly nothing: string
  /** Holds the kernel's BPF statistics on and reads them. */
  readonly bpfStatistics: string
}

/** @throws CommandFailed when there is no working C compiler. */
export async function compileHelpers(folder: string): Promise<Helpers> {
  const compile = async (name: string) => {
    const path = join(folder, name)
    await command('cc', ['-O2', '-Wall', '-static', '-o', path, join(import.meta.dirname, 'native', `${name}.c`)])
    return path
  }
  return { storm: await compile('storm'), nothing: await compile('nothing'), bpfStatistics: await compile('bpf-statistics') }
}
