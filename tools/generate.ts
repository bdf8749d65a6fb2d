/*
 * `npm run generate`: writes every generated file; with --check it writes nothing and fails when one is stale.
 * A generator is a module in this list with `generate(): Promise<ReadonlyMap<file, content>>`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { generateDecoder } from './generate-decoder.ts'
import { generateDetections } from './generate-detections.ts'
import { generateOpenapi } from './generate-openapi.ts'
import { generateRules } from './generate-rules.ts'
import { generateWire } from './generate-wire.ts'
import { ROOT } from './root.ts'

/** Each returns the files it owns, by path relative to the root. */
type Generator = () => Promise<ReadonlyMap<string, string>>

const GENERATORS: readonly Generator[] = [generateDecoder, generateWire, generateOpenapi, generateRules, generateDetections]

process.exitCode = await main(process.argv.includes('--check'))

async function main(checkOnly: boolean): Promise<number> {
  let stale = 0
  for (const generator of GENERATORS) {
    for (const [file, content] of await generator()) {
      const absolute = path.join(ROOT, file)
      if (existsSync(absolute) && readFileSync(absolute, 'utf8') === content) continue
      stale += 1
      console.log(checkOnly ? `${file} is stale: run npm run generate` : `wrote ${file}`)
      if (!checkOnly) writeFileSync(absolute, content)
    }
  }
  return checkOnly && stale > 0 ? 1 : 0
}
