/* Maps that a hostile job cannot make grow: they forget the oldest entries and count what they forgot. */

export interface BoundedMap<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
  delete(key: K): void
  readonly size: number
  /** Entries forgotten for lack of room: after that, an absent key proves nothing. */
  readonly forgotten: number
}

/**
 * A map of at most `entriesMax` entries whose costs sum to at most `costMax`; the oldest go first.
 *
 * @param costOf What an entry costs, such as its characters; it must give the same answer for the same value for ever.
 */
export function createBoundedMap<K, V>(
  entriesMax: number,
  costMax = Number.POSITIVE_INFINITY,
  costOf?: (value: V) => number,
): BoundedMap<K, V> {
  const map = new Map<K, V>()
  let cost = 0
  let forgotten = 0
  // Kept between calls: a new iterator would walk over everything that was forgotten before.
  let order = map.keys()
  const isFull = () => map.size > entriesMax || (cost > costMax && map.size > 1)
  const remove = (key: K, value: V) => {
    map.delete(key)
    if (costOf !== undefined) cost -= costOf(value)
  }
  return {
    get: (key) => map.get(key),
    get size() {
      return map.size
    },
    get forgotten() {
      return forgotten
    },
    set(key, value) {
      if (costOf !== undefined) {
        const old = map.get(key)
        if (old !== undefined) cost -= costOf(old)
        cost += costOf(value)
      }
      map.set(key, value)
      while (isFull()) {
        let next = order.next()
        if (next.done === true) {
          order = map.keys()
          next = order.next()
        }
        if (next.done === true) return
        const oldest = map.get(next.value)
        if (oldest === undefined) continue
        remove(next.value, oldest)
        forgotten += 1
      }
    },
    delete(key) {
      const value = map.get(key)
      if (value !== undefined) remove(key, value)
    },
  }
}
