export {
  readHello,
  HELLO_BYTES_MAX,
  type ClientHello,
  type EncryptedHello,
  type HelloReading,
  type NotHello,
  type Oddity,
} from './hello.ts'
export { ja4, ja4Raw } from './ja4.ts'
export { createHelloReader, readClientHello, type HelloReader } from './records.ts'
export { createPlaintextReader, type PlainAnswer, type PlaintextCounts, type PlaintextReader, type PlainRequest } from './plaintext.ts'
