import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { command } from '../network/command.ts'

/** No configuration of the machine or its user may change what is committed. */
const GIT_ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'fixture',
  GIT_AUTHOR_EMAIL: 'fixture@example.test',
  GIT_COMMITTER_NAME: 'fixture',
  GIT_COMMITTER_EMAIL: 'fixture@example.test',
  // A fixed time makes the same content the same commit on every machine.
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
}

/**
 * Commits a folder into a new bare repository that can be served as plain files.
 * @returns the commit on `main`.
 */
export async function publishRepository(source: string, bare: string): Promise<string> {
  const work = `${bare}.work`
  mkdirSync(dirname(bare), { recursive: true })
  cpSync(source, work, { recursive: true })
  await git(work, 'init', '--quiet', '--initial-branch', 'main')
  await git(work, 'add', '--all', '--force')
  await git(work, 'commit', '--quiet', '--message', 'Import')
  await git(work, 'clone', '--quiet', '--bare', work, bare)
  await git(bare, 'update-server-info')
  return (await git(work, 'rev-parse', 'HEAD')).trim()
}

function git(cwd: string, ...args: readonly string[]): Promise<string> {
  return command('git', args, { cwd, env: GIT_ENVIRONMENT })
}

/** Where a bare repository lies below the folder that is served. */
export function bareRepositoryPath(folder: string, repository: string): string {
  return join(folder, `${repository}.git`)
}
