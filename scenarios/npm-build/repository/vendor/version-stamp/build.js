/* An ordinary install script: generates a file inside its own package, and nothing else. */
import { writeFileSync } from 'node:fs'

writeFileSync(new URL('stamp.js', import.meta.url), `export const node = ${JSON.stringify(process.version)}\n`)
