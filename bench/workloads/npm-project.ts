/** `npm ci` of a project whose packages lie beside it as tarballs, made by `npm pack`: everything npm does but the network. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../../tools/debian/command.ts'
import type { Size, Workload } from './workload.ts'

const COUNTS = { full: { packages: 60, files: 80 }, quick: { packages: 6, files: 12 } } as const

/** Writes packages, packs them, and lets npm make the lockfile. */
export async function npmProject(folder: string, size: Size): Promise<Workload> {
  const { packages, files } = COUNTS[size]
  const names = Array.from({ length: packages }, (_, i) => `example-part-${i}`)
  for (const [index, name] of names.entries()) writePackage(join(folder, 'sources', name), name, index, files)
  const tarballs = join(folder, 'tarballs')
  mkdirSync(tarballs, { recursive: true })
  // npm reads its configuration from here only: no registry, no user's settings, a cache of its own.
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    npm_config_cache: join(folder, 'cache'),
    npm_config_userconfig: join(folder, 'npmrc'),
    npm_config_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_ignore_scripts: 'true',
  }
  writeFileSync(join(folder, 'npmrc'), '')
  const pack = ['pack', '--pack-destination', tarballs, '--loglevel=error', ...names.map((name) => `./sources/${name}`)]
  await command('npm', pack, { cwd: folder, env })
  const project = join(folder, 'project')
  mkdirSync(project, { recursive: true })
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      name: 'example-project',
      version: '1.0.0',
      dependencies: Object.fromEntries(names.map((name) => [name, `file:../tarballs/${name}-1.0.0.tgz`])),
    }),
  )
  await command('npm', ['install', '--package-lock-only', '--loglevel=error'], { cwd: project, env })
  return {
    name: 'npm-ci',
    kind: 'file-bound',
    wallTarget: 1.02,
    argv: ['npm', 'ci', '--loglevel=error'],
    cwd: project,
    env,
    reset() {
      rmSync(join(project, 'node_modules'), { recursive: true, force: true })
      return Promise.resolve()
    },
  }
}

function writePackage(folder: string, name: string, index: number, files: number): void {
  mkdirSync(join(folder, 'lib'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'lib/0.js', license: 'Apache-2.0' }))
  for (let i = 0; i < files; i++) {
    const lines = Array.from(
      { length: 20 + ((index * 7 + i * 13) % 180) },
      (_, line) => `exports.value${line} = ${index * 1000 + i + line}`,
    )
    writeFileSync(join(folder, 'lib', `${i}.js`), `${lines.join('\n')}\n`)
  }
}
