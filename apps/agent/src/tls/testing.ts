/* Builds ClientHellos byte by byte, so that tests can say what real clients will not. */

export interface HelloParts {
  readonly legacyVersion?: number
  readonly ciphers: readonly number[]
  /** Type and content, in order. */
  readonly extensions: readonly (readonly [type: number, data: Uint8Array])[]
}

/** A handshake message. */
export function helloMessage(parts: HelloParts): Uint8Array<ArrayBuffer> {
  const ciphers = parts.ciphers.flatMap(two)
  const extensions = parts.extensions.flatMap(([type, data]) => [...two(type), ...two(data.length), ...data])
  const body = [
    ...two(parts.legacyVersion ?? 0x0303),
    ...Array.from<number>({ length: 32 }).fill(7),
    0,
    ...two(ciphers.length),
    ...ciphers,
    1,
    0,
    ...two(extensions.length),
    ...extensions,
  ]
  return Uint8Array.from([1, 0, ...two(body.length), ...body])
}

/** Records that carry a message, each of at most `size` bytes. */
export function recordsOf(message: Uint8Array, size = 16_384): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  for (let offset = 0; offset < message.length; offset += size) {
    const part = message.subarray(offset, offset + size)
    bytes.push(22, 3, 1, ...two(part.length), ...part)
  }
  return Uint8Array.from(bytes)
}

export function serverName(name: string | Uint8Array): readonly [number, Uint8Array] {
  const bytes = typeof name === 'string' ? new TextEncoder().encode(name) : name
  return [0, Uint8Array.from([...two(bytes.length + 3), 0, ...two(bytes.length), ...bytes])]
}

export function alpn(...names: readonly (string | Uint8Array)[]): readonly [number, Uint8Array] {
  const list: number[] = []
  for (const name of names) {
    const bytes = typeof name === 'string' ? new TextEncoder().encode(name) : name
    list.push(bytes.length, ...bytes)
  }
  return [16, Uint8Array.from([...two(list.length), ...list])]
}

export function signatures(...values: readonly number[]): readonly [number, Uint8Array] {
  return [13, Uint8Array.from([...two(values.length * 2), ...values.flatMap(two)])]
}

export function versions(...values: readonly number[]): readonly [number, Uint8Array] {
  return [43, Uint8Array.from([values.length * 2, ...values.flatMap(two)])]
}

export function plain(type: number): readonly [number, Uint8Array] {
  return type === 10 ? [10, Uint8Array.from([0, 2, 0, 29])] : [type, new Uint8Array(type === 0xfe0d ? 10 : 0)]
}

export function two(value: number): readonly [number, number] {
  return [value >> 8, value & 0xff]
}

export function hex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'))
}
