export { up, type RunningServer, type UpOptions } from './up.ts'
