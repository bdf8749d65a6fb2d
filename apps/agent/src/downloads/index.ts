export { downloadOf, type Request } from './download.ts'
export { createDownloadLog } from './log.ts'
