/* Public package hosts, as zone patterns. See data/package-zones.json. */
import zones from './data/package-zones.json' with { type: 'json' }

const PATTERNS: readonly string[] = [...Object.values(zones.registries).flat(), ...zones.binaries]
const HOSTS: ReadonlySet<string> = new Set(PATTERNS.filter((pattern) => !pattern.startsWith('*.')))
const SUFFIXES: readonly string[] = PATTERNS.filter((pattern) => pattern.startsWith('*.')).map((pattern) => pattern.slice(1))

/** Whether a domain (lower case, no last dot) is a package registry or a well-known source of prebuilt binaries. */
export function isPackageHost(domain: string): boolean {
  return HOSTS.has(domain) || SUFFIXES.some((suffix) => domain.endsWith(suffix))
}
