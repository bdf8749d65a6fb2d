/* The sender's side of QUIC's Initial packets, written apart from the reader. */
import { createCipheriv } from 'node:crypto'
import { alpn, helloMessage, hex, plain, serverName, signatures, two, versions } from '../tls/testing.ts'
import type { QuicVersion } from './index.ts'
import { clientInitialKeys } from './packet.ts'

export const DESTINATION = '8394c8f03e515708'

interface Keys {
  readonly key: Uint8Array
  readonly iv: Uint8Array
  readonly headerKey: Uint8Array
}

/** The sender's side of RFC 9001, sections 5.3 and 5.4. */
export function seal(header: Uint8Array, numberBytes: number, number: number, payload: Uint8Array, keys: Keys): Uint8Array<ArrayBuffer> {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(number, 8)
  for (let index = 0; index < 12; index += 1) nonce[index]! ^= keys.iv[index]!
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonce)
  cipher.setAAD(header)
  const sealed = Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()])
  const packet = Uint8Array.from(Buffer.concat([header, sealed]))
  const numberOffset = header.length - numberBytes
  const mask = createCipheriv('aes-128-ecb', keys.headerKey, null).update(packet.subarray(numberOffset + 4, numberOffset + 20))
  packet[0]! ^= mask[0]! & 0x0f
  for (let index = 0; index < numberBytes; index += 1) packet[numberOffset + index]! ^= mask[index + 1]!
  return packet
}

export const MESSAGE = helloMessage({
  ciphers: [0x1301, 0x1302],
  extensions: [
    serverName('quic.example.test'),
    alpn('h3'),
    versions(0x0304),
    signatures(0x0403),
    plain(0x39),
    [0x15, new Uint8Array(1_500)],
  ],
})

export function cryptoFrame(offset: number, data: Uint8Array): Uint8Array {
  return Uint8Array.from([6, ...varint(offset), ...varint(data.length), ...data])
}

function varint(value: number): readonly number[] {
  return [0x40 | (value >> 8), value & 0xff]
}

export function initial(
  frames: readonly Uint8Array[],
  number: number,
  options: { version?: QuicVersion; destination?: string; keysFrom?: string; token?: string } = {},
) {
  const { version = 1, destination = DESTINATION, keysFrom = destination, token = '' } = options
  const payload = Buffer.concat([...frames, Buffer.alloc(32)])
  const id = hex(destination)
  const header = Uint8Array.from([
    version === 1 ? 0xc1 : 0xd1,
    ...hex(version === 1 ? '00000001' : '6b3343cf'),
    id.length,
    ...id,
    0,
    ...varint(token.length / 2),
    ...hex(token),
    ...varint(payload.length + 2 + 16),
    ...two(number & 0xffff),
  ])
  return seal(header, 2, number, payload, clientInitialKeys(version, hex(keysFrom)))
}
