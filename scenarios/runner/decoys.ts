import { randomBytes } from 'node:crypto'

/** Secrets that are none, one per name, made for a single run. Whoever finds one anywhere knows what it is. */
export interface Decoys {
  /** The decoy of a name; the same one whenever it is asked for. */
  get(name: string): string
  /** Replaces `{{decoy:NAME}}`. */
  fill(text: string): string
  /** Every decoy handed out so far, by name. */
  readonly all: ReadonlyMap<string, string>
}

export function createDecoys(): Decoys {
  const all = new Map<string, string>()
  function get(name: string): string {
    const value = all.get(name) ?? `GATEHOUSE-DECOY-${name.replaceAll('_', '-')}-${randomBytes(12).toString('hex')}`
    all.set(name, value)
    return value
  }
  return { all, get, fill: (text) => text.replaceAll(/\{\{decoy:(\w+)\}\}/g, (_, name: string) => get(name)) }
}
