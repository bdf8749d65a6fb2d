/* Everything that commands do to the world, so that tests need no spies. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export interface Io {
  stdout(text: string): void
  stderr(text: string): void
  /** Bytes of a file. Throws as Node does. */
  read(file: string): Uint8Array
  write(file: string, text: string): void
  /** What is at a path. */
  kind(file: string): 'file' | 'folder' | 'absent' | 'other'
  /** Names in a folder, sorted; links to folders are not followed elsewhere. */
  list(folder: string): readonly { readonly name: string; readonly kind: 'file' | 'folder' | 'other' }[]
  readonly cwd: string
  readonly isTerminal: boolean
  readonly color: boolean
  now(): number
}

export function nodeIo(): Io {
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    read: (file) => readFileSync(file),
    write: (file, text) => writeFileSync(file, text),
    kind(file) {
      const found = statSync(file, { throwIfNoEntry: false })
      return found === undefined ? 'absent' : found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other'
    },
    list(folder) {
      return readdirSync(folder, { withFileTypes: true })
        .map((entry) => {
          // A link to a file is read, a link to a folder is not followed: it may lead in circles or out of the repository.
          const isFile =
            entry.isFile() ||
            (entry.isSymbolicLink() && statSync(path.join(folder, entry.name), { throwIfNoEntry: false })?.isFile() === true)
          return { name: entry.name, kind: isFile ? ('file' as const) : entry.isDirectory() ? ('folder' as const) : ('other' as const) }
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    cwd: process.cwd(),
    isTerminal: process.stderr.isTTY,
    color: process.stdout.isTTY && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb',
    now: () => performance.now(),
  }
}
