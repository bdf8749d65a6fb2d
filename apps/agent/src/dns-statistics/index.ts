export {
  createDnsStatistics,
  registeredDomain,
  type DnsQuestion,
  type DnsStatistics,
  type DnsStatisticsOptions,
  type DomainStatistics,
} from './statistics.ts'
