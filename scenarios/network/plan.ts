/*
 * The addresses of the scenarios' little internet. All are reserved for documentation (RFC 5737, RFC 3849), all names are
 * under example.test (RFC 6761), so nothing here can ever meet a real host.
 */

/** What one host of the little internet does. */
export type HostService =
  | { readonly kind: 'registry'; readonly packages: string }
  | { readonly kind: 'files'; readonly folder: string }
  | { readonly kind: 'sinkhole'; readonly record: string }

export interface Host {
  readonly name?: string
  readonly address: string
  readonly port: number
  readonly service: HostService
}

export const JOB_ADDRESS = '192.0.2.10'
export const JOB_ADDRESS6 = '2001:db8::10'
export const GATEWAY_ADDRESS = '192.0.2.1'
export const GATEWAY_ADDRESS6 = '2001:db8::1'
export const RESOLVER_ADDRESS = '198.51.100.53'
export const REGISTRY_ADDRESS = '198.51.100.20'
export const GIT_ADDRESS = '198.51.100.30'
export const ATTACKER_ADDRESS = '203.0.113.9'
export const ATTACKER_PORT = 8000

export const REGISTRY_NAME = 'registry.example.test'
export const GIT_NAME = 'github.example.test'

/** What the host process is told, as the one line of JSON on its standard input. */
export interface HostsConfig {
  readonly resolver: string
  readonly hosts: readonly Host[]
}
