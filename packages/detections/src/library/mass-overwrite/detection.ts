import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool } from '../../programs.ts'
import { createBoundedMap } from '../../bounded.ts'

const FILES_MIN = 100
const HOME =
  /^\/(?:root|home\/[^/]+)\/(?!\.(?:cache|npm|nvm|cargo|rustup|gradle|m2|local|config|docker|dotnet|nuget|bundle|gem|pub-cache|android|konan|sbt|ivy2|vscode|julia|stack|cabal|ghcup|pyenv|rbenv|sdkman|deno|bun|yarn|pnpm|conda|cpan|opam)\b|actions-runner\/|go\/|snap\/|miniconda|anaconda)/

export const massOverwrite = defineDetection({
  id: 'mass-overwrite',
  title: 'One program overwrote or removed many files of the user',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['S-05'],
  attack: ['T1485', 'T1486'],
  remedy: 'Stop the machine and restore the files. A build writes into its workspace; these were somewhere else and older than the job.',
  requires: ['file'],

  start: () => createBoundedMap<number, { readonly first: number; count: number }>(2_000),

  match(event, job, trees) {
    if ((event.op !== 'write' && event.op !== 'truncate' && event.op !== 'unlink' && event.op !== 'rename') || (event.result ?? 0) < 0)
      return null
    if (!HOME.test(event.path) || job.inWorkspace(event.path)) return null
    // Files that the job made are its own to change.
    if (job.writer({ path: event.path, device: event.device, inode: event.inode }) !== undefined) return null
    const process = job.process(event.process)
    if (process === undefined || isTool(event.exe, process.argv, 'git') || isTool(event.exe, process.argv, 'formatter')) return null
    const tree = trees.get(process.tree) ?? { first: event.seq, count: 0 }
    if (tree.count === 0) trees.set(process.tree, tree)
    tree.count += 1
    if (tree.count !== FILES_MIN) return null
    return {
      message: `${actorWords(job, event)} overwrote or removed ${FILES_MIN} files of the user outside the workspace.`,
      evidence: { files: FILES_MIN, example: event.path, exe: event.exe },
      key: String(process.tree),
      events: [tree.first],
    }
  },
})
