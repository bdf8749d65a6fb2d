/*
 * The licences of what the build contains, as one text file beside it. Which packages these are is taken from the build itself, not from
 * a list that someone must keep.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

export const NOTICES_FILE = 'third-party.txt'

export function thirdPartyNotices(): Plugin {
  const folders = new Set<string>()
  return {
    name: 'third-party-notices',
    apply: 'build',
    // Every module that is read, fonts' style sheets included; what is shaken off later is thanked as well.
    transform(_, id) {
      const folder = packageFolder(id)
      if (folder !== undefined) folders.add(folder)
    },
    generateBundle() {
      const notices = [...folders].map(noticeOf).toSorted()
      this.emitFile({ type: 'asset', fileName: NOTICES_FILE, source: `${INTRODUCTION}\n\n${notices.join(`\n\n${'-'.repeat(78)}\n\n`)}\n` })
    },
  }
}

const INTRODUCTION = 'The Gatehouse console contains the following packages of others, under their own licences.'

/** Of `…/node_modules/@scope/name/file.js`: the folder of the package. */
function packageFolder(id: string): string | undefined {
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replace(/^\0/, ''))
  const folder = match?.[1]
  return folder !== undefined && existsSync(join(folder, 'package.json')) ? folder : undefined
}

/** @throws {Error} When a package comes without the text of its licence: then it must not be shipped like this. */
function noticeOf(folder: string): string {
  // Safe: npm requires both of every package.
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>
  const file = readdirSync(folder).find((entry) => /^(?:licen[cs]e|copying)(?:\.|$)/i.test(entry))
  if (file === undefined) throw new Error(`${name} in ${dirname(folder)} has no licence file`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}`
}
