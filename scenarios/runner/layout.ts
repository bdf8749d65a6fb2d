/* Folders of a self-hosted runner, named and nested like the real ones, below one root. */
import { copyFileSync, linkSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

export interface Layout {
  readonly root: string
  readonly bin: string
  readonly externals: string
  readonly diag: string
  readonly work: string
  readonly temp: string
  readonly fileCommands: string
  readonly actions: string
  readonly tools: string
  readonly workspace: string
  readonly home: string
}

/** Where everything is, for a repository name without its owner. Touches nothing. */
export function layoutOf(root: string, repository: string): Layout {
  const work = join(root, '_work')
  return {
    root,
    bin: join(root, 'bin'),
    externals: join(root, 'externals'),
    diag: join(root, '_diag'),
    work,
    temp: join(work, '_temp'),
    fileCommands: join(work, '_temp', '_runner_file_commands'),
    actions: join(work, '_actions'),
    tools: join(work, '_tool'),
    workspace: join(work, repository, repository),
    home: join(root, 'home'),
  }
}

/**
 * Makes a runner installation in an existing empty folder.
 * @param enter Command prefix that puts the listener into the job's network; empty for none.
 */
export function installRunner(layout: Layout, enter: readonly string[]): void {
  for (const folder of [layout.bin, layout.diag, layout.fileCommands, layout.actions, layout.tools, layout.workspace, layout.home]) {
    mkdirSync(folder, { recursive: true })
  }
  mkdirSync(join(layout.temp, '_github_workflow'), { recursive: true })

  const node = realpathSync(process.execPath)
  for (const name of ['Runner.Listener', 'Runner.Worker']) placeBinary(node, join(layout.bin, name))
  placeBinary(node, join(layout.externals, 'node24', 'bin', 'node'))
  installToolCache(layout, node)

  // `Runner.Listener run` and `Runner.Worker spawnclient IN OUT` are the real command lines. Our binaries are Node, which
  // takes its first argument for a script, so scripts of those very names stand in the folders they are started from.
  writeFileSync(join(layout.root, 'run'), `import(${JSON.stringify(join(import.meta.dirname, 'listener.ts'))})\n`)
  writeFileSync(join(layout.bin, 'spawnclient'), `import(${JSON.stringify(join(import.meta.dirname, 'worker.ts'))})\n`)

  const inner = 'cd "$0" && exec bin/Runner.Listener run'
  const line = [...enter, '/bin/sh', '-c', inner, layout.root].map(quote).join(' ')
  writeFileSync(join(layout.root, 'run.sh'), `#!/bin/sh\nexec ${line}\n`, { mode: 0o755 })
}

/** The tool cache holds one Node with npm, as setup actions expect to find it. */
function installToolCache(layout: Layout, node: string): void {
  const tool = join(layout.tools, 'node', process.versions.node, 'x64')
  placeBinary(node, join(tool, 'bin', 'node'))
  const npm = findNpm()
  if (!npm) return
  mkdirSync(join(tool, 'lib', 'node_modules'), { recursive: true })
  symlinkSync(npm, join(tool, 'lib', 'node_modules', 'npm'))
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(tool, 'bin', 'npm'))
  symlinkSync('../lib/node_modules/npm/bin/npx-cli.js', join(tool, 'bin', 'npx'))
  writeFileSync(`${tool}.complete`, '')
}

/** The folder of the npm package on this machine. */
function findNpm(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      const cli = realpathSync(join(folder, 'npm'))
      if (cli.endsWith('npm-cli.js')) return dirname(dirname(cli))
    } catch {
      // not in this folder
    }
  }
  return null
}

/** A hard link where the file system allows it: a copy of Node is 120 MB and half a second. */
function placeBinary(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true })
  try {
    linkSync(source, target)
  } catch {
    copyFileSync(source, target)
  }
}

function quote(word: string): string {
  return /^[\w./=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** The newest worker log, for tests and for people. */
export function workerLogs(layout: Layout): string[] {
  return readdirSync(layout.diag)
    .filter((name) => name.startsWith('Worker_'))
    .map((name) => join(layout.diag, name))
}
