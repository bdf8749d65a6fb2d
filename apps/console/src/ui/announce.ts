/* One polite voice for the whole page: said by screen readers, shown as a small notice. */

type Listener = (message: string) => void
const listeners = new Set<Listener>()

export function announce(message: string): void {
  for (const listener of listeners) listener(message)
}

export function onAnnounce(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
