export { downloadOf, type Request } from './download.ts'
export { createDownloadLog, type DownloadLog } from './log.ts'
