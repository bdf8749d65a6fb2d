/*
 * DNS over TCP: messages with a two-byte length before each, split and joined over segments as the sender likes (RFC 7766).
 * One stream per direction of a connection. Memory is bounded by one message, the longest the length field can announce.
 */

export interface DnsStream {
  /** Takes the next bytes of this direction; returns the messages that are complete now. */
  push(bytes: Uint8Array): Uint8Array[]
  /** True once bytes are known to be missing: where the next message starts cannot be known any more. */
  readonly broken: boolean
  /** To be called when the sensor could not deliver bytes of this direction. */
  breakOff(): void
}

const MESSAGES_MAX = 256

export function createDnsStream(): DnsStream {
  let pending = Buffer.alloc(0)
  let broken = false
  return {
    get broken() {
      return broken
    },
    breakOff() {
      broken = true
      pending = Buffer.alloc(0)
    },
    push(bytes) {
      if (broken) return []
      let rest = pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([pending, bytes])
      const messages: Uint8Array[] = []
      while (rest.length >= 2 && messages.length < MESSAGES_MAX) {
        const end = 2 + rest.readUInt16BE(0)
        if (rest.length < end) break
        messages.push(rest.subarray(2, end))
        rest = rest.subarray(end)
      }
      // A copy: `rest` may be a small view of a large buffer that would stay alive.
      pending = Buffer.from(rest)
      return messages
    },
  }
}
