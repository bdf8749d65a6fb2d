export { createDnsStatistics, registeredDomain } from './statistics.ts'
