/** The archive format of an initial RAM file system ("newc"), written here so that no cpio program is needed. */

export interface ArchiveEntry {
  /** Relative, without a leading slash. Folders above it are made by the archive. */
  readonly path: string
  readonly content: Uint8Array | { readonly link: string } | 'folder'
  readonly executable?: boolean
}

const FOLDER = 0o040755
const LINK = 0o120777
const FILE = 0o100644
const PROGRAM = 0o100755

/** One uncompressed archive of the entries, in their order, parents first. Times and owners are zero: same input, same bytes. */
export function cpio(entries: readonly ArchiveEntry[]): Buffer {
  const parts: Uint8Array[] = []
  const folders = new Set<string>()
  let inode = 1
  const add = (path: string, mode: number, data: Uint8Array) => {
    const name = Buffer.from(`${path}\0`)
    const numbers = [inode++, mode, 0, 0, mode === FOLDER ? 2 : 1, 0, data.length, 0, 0, 0, 0, name.length, 0]
    const header = Buffer.from(`070701${numbers.map((number) => number.toString(16).padStart(8, '0')).join('')}`)
    parts.push(header, name, padding(header.length + name.length), data, padding(data.length))
  }
  const addFolder = (path: string) => {
    if (path === '' || folders.has(path)) return
    addFolder(path.split('/').slice(0, -1).join('/'))
    folders.add(path)
    add(path, FOLDER, Buffer.alloc(0))
  }
  for (const { path, content, executable } of entries) {
    if (content === 'folder') {
      addFolder(path)
      continue
    }
    addFolder(path.split('/').slice(0, -1).join('/'))
    if ('link' in content) add(path, LINK, Buffer.from(content.link))
    else add(path, executable ? PROGRAM : FILE, content)
  }
  inode = 0
  add('TRAILER!!!', 0, Buffer.alloc(0))
  return Buffer.concat(parts)
}

function padding(length: number): Uint8Array {
  return Buffer.alloc((4 - (length % 4)) % 4)
}
