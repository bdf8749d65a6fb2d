/* Puts the newest cached Node of the wanted major version in front of PATH for the steps that follow. */
import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const { env } = process
const cache = join(env.RUNNER_TOOL_CACHE, 'node')
const wanted = (env['INPUT_NODE-VERSION'] ?? '').split('.')[0]
const version = readdirSync(cache)
  .filter((name) => name.split('.')[0] === wanted)
  .sort()
  .at(-1)

if (version === undefined) {
  console.log(`::error::no Node ${wanted} in the tool cache`)
  process.exitCode = 1
} else {
  console.log(`Found in cache @ ${join(cache, version, 'x64')}`)
  appendFileSync(env.GITHUB_PATH, `${join(cache, version, 'x64', 'bin')}\n`)
  appendFileSync(env.GITHUB_OUTPUT, `node-version=v${version}\n`)
}
