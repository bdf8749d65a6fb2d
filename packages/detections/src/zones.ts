/* Public package hosts, as zone patterns. See data/package-zones.json. */
import zones from './data/package-zones.json' with { type: 'json' }

const PATTERNS: readonly string[] = [...Object.values(zones.registries).flat(), ...zones.binaries]
const HOSTS: ReadonlySet<string> = new Set(PATTERNS.filter((pattern) => !pattern.startsWith('*.')))
const SUFFIXES: readonly string[] = PATTERNS.filter((pattern) => pattern.startsWith('*.')).map((pattern) => pattern.slice(1))

/** Whether a domain (lower case, no last dot) is a package registry or a well-known source of prebuilt binaries. */
export function isPackageHost(domain: string): boolean {
  return HOSTS.has(domain) || SUFFIXES.some((suffix) => domain.endsWith(suffix))
}

/** Package ecosystems whose public hosts are known, by the name the zone file gives them. */
export type RegistryZone = keyof typeof zones.registries

// Safe: these are the keys of that very object.
const REGISTRIES = Object.entries(zones.registries) as readonly (readonly [RegistryZone, readonly string[]])[]

/** Whose registry a domain (lower case, no last dot) is, or null. */
export function registryZone(domain: string): RegistryZone | null {
  return REGISTRIES.find(([, patterns]) => patterns.some((pattern) => matches(pattern, domain)))?.[0] ?? null
}

export type ForgeRole = keyof typeof zones.forges.github

// Safe: as above.
const FORGE_ROLES = Object.entries(zones.forges.github) as readonly (readonly [ForgeRole, readonly string[]])[]

/** What of GitHub a domain serves: pages and git, archives of repositories, raw files, or the API. Null elsewhere. */
export function forgeRole(domain: string): ForgeRole | null {
  return FORGE_ROLES.find(([, patterns]) => patterns.some((pattern) => matches(pattern, domain)))?.[0] ?? null
}

function matches(pattern: string, domain: string): boolean {
  return pattern.startsWith('*.') ? domain.endsWith(pattern.slice(1)) : domain === pattern
}
