export type { QuicVersion } from './packet.ts'
export { createQuicReader } from './reader.ts'
