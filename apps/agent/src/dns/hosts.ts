/* Names that the machine itself gives addresses: `/etc/hosts`, as it was before the job could change it. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'

const BYTES_MAX = 4 * 1_024 * 1_024
const ADDRESSES_MAX = 20_000

/** The first name of each address, in the spelling in which the sensor tells addresses. Empty when the file cannot be read. */
export function readHosts(path = '/etc/hosts'): ReadonlyMap<string, string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8').slice(0, BYTES_MAX)
  } catch {
    return new Map()
  }
  return parseHosts(text)
}

/** hosts(5): an address, its names, and what follows `#` is for people. Lines that are none are left out. */
export function parseHosts(text: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [address = '', name = ''] = line.replace(/#.*$/s, '').trim().split(/\s+/, 2)
    const ip = canonical(address)
    if (ip === undefined || !/^[\w.-]{1,255}$/.test(name) || names.has(ip)) continue
    names.set(ip, name.toLowerCase())
    if (names.size >= ADDRESSES_MAX) break
  }
  return names
}

function canonical(address: string): string | undefined {
  const version = isIP(address)
  if (version === 4) return address
  // A zone names an interface; the sensor does not tell it.
  if (version !== 6 || address.includes('%')) return undefined
  return new URL(`http://[${address}]/`).hostname.slice(1, -1)
}
