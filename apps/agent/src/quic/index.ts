export type { QuicVersion } from './packet.ts'
export { createQuicReader, type QuicReader, type QuicReading } from './reader.ts'
