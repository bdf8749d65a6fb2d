export { createHttp2Connection, type Http2Connection, type Http2Request, type Http2Response } from './connection.ts'
