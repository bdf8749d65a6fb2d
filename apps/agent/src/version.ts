import { readFileSync } from 'node:fs'

/** Version of the agent, as its manifest says. */
export function agentVersion(): string {
  // Safe: our own manifest, which npm requires to have a version.
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version
}
