/*
 * Clones the repository into the workspace with git over HTTP, as the real action does, and takes its configuration away
 * again in the post stage. The same file serves both stages, told apart by the state it saved.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'

const { env } = process

function git(...args) {
  console.log(`git ${args.join(' ')}`)
  const { status, error } = spawnSync('git', args, { stdio: 'inherit', env: { ...env, GIT_TERMINAL_PROMPT: '0' } })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

if (env.STATE_isPost) {
  git('config', '--local', '--unset-all', 'gatehouse.fixture')
} else {
  appendFileSync(env.GITHUB_STATE, 'isPost=true\n')
  git('init', '--quiet', '--initial-branch', 'main', '.')
  git('config', '--local', 'gatehouse.fixture', 'true')
  git('remote', 'add', 'origin', `${env.GITHUB_SERVER_URL}/${env.INPUT_REPOSITORY}.git`)
  git('fetch', '--quiet', '--no-tags', 'origin', `+${env.INPUT_REF}:refs/remotes/origin/build`)
  git('checkout', '--quiet', '--force', '-B', 'build', 'refs/remotes/origin/build')
}
