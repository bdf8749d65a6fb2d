// First step of every npm script. Plain JavaScript on purpose: it must run on whatever Node the machine has, before
// anything is installed. It installs the npm packages when they are missing or out of date, picks a current Node, and
// hands over to tools/<task>.ts.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const STAMP = path.join(ROOT, 'node_modules', '.gatehouse-installed')

const [task, ...args] = process.argv.slice(2)
process.exitCode = await main()

async function main() {
  const program = path.join(ROOT, 'tools', `${task}.ts`)
  if (!task || !/^[a-z-]+$/.test(task) || !existsSync(program)) {
    console.error(`gatehouse: no task "${task}" (tools/${task}.ts does not exist)`)
    return 2
  }
  if (!install()) return 1
  const node = currentNode()
  if (node === undefined) {
    console.error(
      `gatehouse: Node ${process.version} is too old and no current one could be installed (package node-linux-${process.arch}).\n` +
        'Install Node 24 (or 22.18 and later) and run the same command again.',
    )
    return 1
  }
  return run(node, [program, ...args])
}

/** Installs what package-lock.json says, once per content of that file. */
function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return true
  console.error('gatehouse: installing npm packages (once; the event store alone is about 180 MB to download) …')
  // Ours is decided by .npmrc: no install scripts, nothing from outside the registry. A shell is not involved.
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: ROOT, stdio: ['ignore', 2, 2] })
  if (npm.status !== 0) {
    console.error(`gatehouse: npm ci failed${npm.error ? `: ${npm.error.message}` : ` with exit code ${npm.status}`}. Nothing was started.`)
    return false
  }
  writeFileSync(STAMP, wanted)
  return true
}

/** The Node to use: the one from npm if it is there, else this one when it runs TypeScript without flags (≥ 22.18). */
function currentNode() {
  const packaged = path.join(ROOT, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')
  if (existsSync(packaged) && spawnSync(packaged, ['--version']).status === 0) return packaged
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 18) ? process.execPath : undefined
}

/** Runs a program in the foreground and ends as it ends. Signals reach it too; the terminal sends its own to both. */
function run(node, argv) {
  const search = [path.dirname(node), path.join(ROOT, 'node_modules', '.bin'), process.env.PATH ?? ''].join(path.delimiter)
  const child = spawn(node, argv, { stdio: 'inherit', env: { ...process.env, PATH: search } })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // Ctrl-C goes to the whole foreground group: the child decides when everything is stopped.
  process.on('SIGINT', () => {})
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`gatehouse: cannot start ${node}: ${error.message}`)
      resolve(1)
    })
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}
