export { Download } from './download.ts'
