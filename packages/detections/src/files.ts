/* Small questions about file events that many detections ask. */
import type { EventOf } from '@gatehouse/schema'

/** The path that came to hold new content, or null when the event wrote nothing or failed. */
export function writtenPath(event: EventOf<'file'>): string | null {
  if ((event.result ?? 0) < 0) return null
  switch (event.op) {
    case 'write':
    case 'create':
    case 'truncate':
      return event.path
    case 'rename':
    case 'link':
    case 'symlink':
      return event.to ?? event.path
    default:
      return null
  }
}

/** The package whose directory a path lies in: what follows the last `node_modules/`; null outside and for folders like `.bin`. */
export function packageOf(path: string): string | null {
  const at = path.lastIndexOf('/node_modules/')
  if (at === -1) return null
  const [first = '', second = ''] = path.slice(at + '/node_modules/'.length).split('/', 2)
  if (first === '' || first.startsWith('.')) return null
  return first.startsWith('@') ? `${first}/${second}` : first
}
