/*
 * Frames of one direction of an HTTP/2 connection, cut out of whatever pieces the bytes come in. Only header blocks are kept, and only
 * until they are whole; everything else is counted past. The sender of the bytes may leave out whole frames that are not header
 * frames (the kernel side does), never parts.
 */

/** RFC 9113, section 3.4. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
const FRAME_HEADER_BYTES = 9
/** RFC 9113, section 4.2: what a peer may send when nobody raised the limit. Nobody does by much; 1 MB keeps nonsense out. */
const FRAME_BYTES_MAX = 1_048_576
const BLOCK_BYTES_MAX = 65_536

const HEADERS = 1
const RST_STREAM = 3
const SETTINGS = 4
const PUSH_PROMISE = 5
const CONTINUATION = 9
const LAST_KNOWN_TYPE = 0x10
const PADDED = 0x08
const PRIORITY = 0x20
const END_HEADERS = 0x04
const END_STREAM = 0x01

export interface HeaderBlock {
  readonly stream: number
  readonly endStream: boolean
  /** Valid until the callback returns; then it is zeroed. */
  readonly block: Uint8Array
  /** A PUSH_PROMISE: the block changes the table, yet is a request the server made up. */
  readonly promise: boolean
}

export interface FrameReader {
  /** @returns False once the bytes are no HTTP/2; nothing more is read then. */
  push(bytes: Uint8Array, onBlock: (block: HeaderBlock) => void): boolean
  /** Bytes were lost. What comes next must begin at a frame. */
  lose(): void
  /** Whether the client's preface was seen at the very start. */
  prefaceSeen(): boolean
}

export function createFrameReader(): FrameReader {
  let preface = 0
  let started = false
  let broken = false
  const header = Buffer.alloc(FRAME_HEADER_BYTES)
  let headerFilled = 0
  let left = 0
  let current = { type: 0, flags: 0, stream: 0, length: 0 }
  /** The payload of the current frame, when it is wanted. */
  let payload: Uint8Array | undefined
  let payloadFilled = 0
  /** The block that CONTINUATION frames carry on. */
  let block: Uint8Array | undefined
  let open = { stream: 0, endStream: false, promise: false }

  function forget(): void {
    payload?.fill(0)
    block?.fill(0)
    payload = undefined
    block = undefined
    headerFilled = 0
    left = 0
  }

  function fail(): false {
    forget()
    broken = true
    return false
  }

  function begin(): boolean {
    const length = header.readUIntBE(0, 3)
    const stream = header.readUInt32BE(5) & 0x7fff_ffff
    current = { type: header[3] ?? 0, flags: header[4] ?? 0, stream, length }
    headerFilled = 0
    left = length
    if (length > FRAME_BYTES_MAX) return false
    const isHeader = current.type === HEADERS || current.type === PUSH_PROMISE || current.type === CONTINUATION
    // Between HEADERS and its last CONTINUATION nothing else may stand (RFC 9113, section 6.10).
    if (block !== undefined && (current.type !== CONTINUATION || stream !== open.stream)) return false
    if (current.type === CONTINUATION && block === undefined) return false
    if (!started && !isPlausibleStart(current)) return false
    started = true
    if (isHeader && (stream === 0 || length + (block?.length ?? 0) > BLOCK_BYTES_MAX)) return false
    payload = isHeader ? new Uint8Array(length) : undefined
    payloadFilled = 0
    return true
  }

  function finish(onBlock: (block: HeaderBlock) => void): boolean {
    if (payload === undefined) return true
    const whole = payload
    payload = undefined
    const fragment = current.type === CONTINUATION ? whole : fragmentOf(current, whole)
    if (fragment === null) {
      whole.fill(0)
      return false
    }
    if (current.type !== CONTINUATION) {
      open = { stream: current.stream, endStream: (current.flags & END_STREAM) !== 0, promise: current.type === PUSH_PROMISE }
    }
    const joined = block === undefined ? fragment : Buffer.concat([block, fragment])
    if ((current.flags & END_HEADERS) === 0) {
      // Kept apart from the frame, which is zeroed below.
      const kept = Uint8Array.from(joined)
      block?.fill(0)
      if (block !== undefined) joined.fill(0)
      block = kept
    } else {
      onBlock({ ...open, block: joined })
      joined.fill(0)
      block?.fill(0)
      block = undefined
    }
    whole.fill(0)
    return true
  }

  return {
    push(bytes, onBlock) {
      if (broken) return false
      let offset = 0
      if (!started && preface < PREFACE.length) {
        while (offset < bytes.length && preface < PREFACE.length && bytes[offset] === PREFACE[preface]) {
          offset += 1
          preface += 1
        }
        if (offset < bytes.length && preface > 0 && preface < PREFACE.length) return fail()
      }
      while (offset < bytes.length) {
        if (left === 0) {
          header[headerFilled] = bytes[offset] ?? 0
          headerFilled += 1
          offset += 1
          if (headerFilled < FRAME_HEADER_BYTES) continue
          if (!begin()) return fail()
          if (left === 0 && !finish(onBlock)) return fail()
          continue
        }
        const part = bytes.subarray(offset, offset + left)
        payload?.set(part, payloadFilled)
        payloadFilled += part.length
        left -= part.length
        offset += part.length
        if (left === 0 && !finish(onBlock)) return fail()
      }
      return true
    },
    lose() {
      forget()
      started = true
    },
    prefaceSeen: () => preface === PREFACE.length,
  }
}

interface FrameHead {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly length: number
}

/** Without a preface the first frame decides whether this is HTTP/2 at all, so it must be one that can be checked. */
function isPlausibleStart({ type, stream, length }: FrameHead): boolean {
  if (type > LAST_KNOWN_TYPE) return false
  if (type === SETTINGS) return stream === 0 && length % 6 === 0 && length <= 600
  if (type === HEADERS) return stream !== 0 && length <= 65_536
  if (type === 8 || type === RST_STREAM) return length === 4
  if (type === 6) return length === 8 && stream === 0
  return type === 0 && stream !== 0
}

/** Takes padding, priority and the promised stream off a HEADERS or PUSH_PROMISE payload. */
function fragmentOf(frame: FrameHead, payload: Uint8Array): Uint8Array | null {
  let start = 0
  let end = payload.length
  if ((frame.flags & PADDED) !== 0) {
    if (end === 0) return null
    start = 1
    end -= payload[0] ?? 0
  }
  if (frame.type === PUSH_PROMISE) start += 4
  else if ((frame.flags & PRIORITY) !== 0) start += 5
  return start > end ? null : payload.subarray(start, end)
}
