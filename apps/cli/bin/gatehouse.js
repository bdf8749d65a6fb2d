#!/usr/bin/env node
/*
 * The `gatehouse` command. Committed as plain JavaScript that any Node from 18 on can start: with an older Node than the programs need
 * it hands over to the one that npm installed with the project. Otherwise the program is imported into this very process.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { COMMANDS, PROGRAMS } from './commands.js'
import { inheritedDescriptors, passOn } from './descriptors.js'
import { overview, page, unknown } from './help.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** The first release that runs TypeScript sources without a flag. */
const NODE_MIN = [22, 18]
const EXIT_USAGE = 2
const EXIT_NO_NODE = 125
/** Asked first of all, before this process opens anything itself. */
const INHERITED = inheritedDescriptors()

process.exitCode = await main(process.argv.slice(2))

async function main(args) {
  const [first = 'help', ...rest] = args
  // Only commands whose program is part of this checkout are offered.
  const commands = COMMANDS.filter((command) => isPresent(command.program))
  const version = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

  if (first === '--version' || first === '-V') return print(`gatehouse ${version}\n`)
  if (first === 'help' || first === '--help' || first === '-h') {
    if (rest[0] === undefined) return print(overview(commands, version))
    const command = commands.find(({ name }) => name === rest[0])
    return command ? print(page(command)) : refuse(unknown(rest[0], commands))
  }

  const command = commands.find(({ name }) => name === first)
  if (!command) return refuse(unknown(first, commands))
  const separator = rest.indexOf('--')
  const own = separator === -1 ? rest : rest.slice(0, separator)
  if (own.includes('--help') || own.includes('-h')) return print(page(command))

  if (!isCurrent()) return handOver(args)
  return start(command, rest)
}

function isPresent(program) {
  const { source, bundle } = PROGRAMS[program]
  return existsSync(join(ROOT, source)) || existsSync(join(ROOT, 'dist', bundle))
}

/** The program's file: its bundle when that is fresh or all there is, else its sources. */
function locate(program) {
  const { source, bundle } = PROGRAMS[program]
  return isFresh(bundle) || !existsSync(join(ROOT, source)) ? join(ROOT, 'dist', bundle) : join(ROOT, source)
}

/** A bundle is fresh when every source it was made from still has the size and the time that the build saw. */
function isFresh(bundle) {
  try {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'dist', `${bundle}.inputs.json`), 'utf8'))
    return manifest.every(([path, size, mtimeMs]) => {
      const found = statSync(join(ROOT, path), { throwIfNoEntry: false })
      return found !== undefined && found.size === size && found.mtimeMs === mtimeMs
    })
  } catch {
    return false
  }
}

async function start(command, rest) {
  // Not Node's default place below /tmp: what is cached there is code, and other users could put it there first.
  nodeModule.enableCompileCache?.(join(ROOT, '.cache', 'compile'))
  const path = locate(command.program)
  process.argv = [process.execPath, path, command.name, ...rest]
  const program = await import(pathToFileURL(path).href)
  if (typeof program.main !== 'function') throw new TypeError(`${path} has no main()`)
  return program.main([command.name, ...rest], { inherited: INHERITED })
}

function isCurrent() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])
}

/** Runs the same command line with the Node that npm installed. Same terminal, same process group, same exit code. */
function handOver(args) {
  const node = installedNode()
  if (node === undefined) {
    process.stderr.write(
      `gatehouse: needs Node ${NODE_MIN.join('.')} or later; this is ${process.versions.node}, and none was installed with the project.\n` +
        'Run `npm ci` in the project (it brings a current Node along), or install one.\n',
    )
    return Promise.resolve(EXIT_NO_NODE)
  }
  return new Promise((resolve) => {
    let child
    // Before the child is there, so that no signal ends us and leaves it behind. What the terminal sends reaches it by itself, and it tells
    // the terminal's signals from others; passing those on again would deliver them twice.
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTERM', 'SIGUSR2']) {
      process.on(signal, () => {
        if (signal === 'SIGTERM' || signal === 'SIGUSR2' || !inForeground()) child.kill(signal)
      })
    }
    child = spawn(node, [fileURLToPath(import.meta.url), ...args], { stdio: passOn(INHERITED) })
    child.on('error', (error) => {
      process.stderr.write(`gatehouse: cannot start ${node}: ${error.message}\n`)
      resolve(EXIT_NO_NODE)
    })
    child.on('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}

function installedNode() {
  const name = `node-${process.platform}-${process.arch}`
  // Beside the checkout's own packages, or beside ours where we are a dependency of another project.
  for (let folder = ROOT; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name, 'bin', 'node')
    if (existsSync(path)) return path
    if (folder === dirname(folder)) return undefined
  }
}

/** Whether this process group is the foreground one of its terminal, so that the terminal's signals reach all of it. */
function inForeground() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[2] === fields[5]
  } catch {
    return false
  }
}

function print(text) {
  process.stdout.write(text)
  return 0
}

function refuse(text) {
  process.stderr.write(text)
  return EXIT_USAGE
}
