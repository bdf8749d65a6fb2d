export { readHello, HELLO_BYTES_MAX, type ClientHello, type NotHello } from './hello.ts'
export { ja4, ja4Raw } from './ja4.ts'
export { createPlaintextReader, type PlainRequest } from './plaintext.ts'
export { createHelloReader, readClientHello } from './records.ts'
