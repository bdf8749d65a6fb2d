/* Hosts and addresses that detections recognise. See data/hosts.json. */
import data from './data/hosts.json' with { type: 'json' }

const METADATA_ADDRESSES: ReadonlySet<string> = new Set(data.metadataAddresses.values)
const METADATA_HOSTS: ReadonlySet<string> = new Set(data.metadataHosts.values)
const PUBLIC_RESOLVERS: ReadonlySet<string> = new Set(data.publicResolvers.values)
const ENCRYPTED_DNS: ReadonlySet<string> = new Set(data.encryptedDnsHosts.values)
const GITHUB_APIS: ReadonlySet<string> = new Set(data.gitHubApis.values)
const PEERS: ReadonlySet<string> = new Set(data.peerBootstraps.values)
const MINING_PORTS: ReadonlySet<number> = new Set(data.miningPorts.values)
const SUFFIXES: ReadonlySet<string> = new Set(data.secondLevelSuffixes.values)

/** An address at which a cloud hands out credentials of the machine. */
export function isMetadataAddress(ip: string): boolean {
  return METADATA_ADDRESSES.has(ip)
}

export function isMetadataHost(host: string): boolean {
  return METADATA_HOSTS.has(host)
}

export function isPublicResolver(ip: string): boolean {
  return PUBLIC_RESOLVERS.has(ip)
}

/** A host that answers DNS questions over HTTPS, TLS or QUIC. */
export function isEncryptedDnsHost(host: string): boolean {
  return ENCRYPTED_DNS.has(host)
}

/** The services that actions use for caches, artifacts and identity tokens. */
export function isActionsService(host: string): boolean {
  return data.actionsServices.values.some((zone) => host === zone || host.endsWith(`.${zone}`))
}

export function isGitHubApi(host: string): boolean {
  return GITHUB_APIS.has(host)
}

export function isMiningPort(port: number): boolean {
  return MINING_PORTS.has(port)
}

/** A host at which peer-to-peer networks are joined. */
export function isPeerBootstrap(host: string): boolean {
  return PEERS.has(host)
}

/** The part of a name that somebody registered, and what is in front of it. Good for grouping, not for security decisions. */
export function siteOf(name: string): { readonly site: string; readonly labels: string } {
  const parts = name.split('.')
  const length = SUFFIXES.has(parts.slice(-2).join('.')) ? 3 : 2
  return { site: parts.slice(-length).join('.'), labels: parts.slice(0, -length).join('.') }
}
