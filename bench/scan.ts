/** How long `gatehouse scan` takes, as a whole process on the built bundle: all workflows of the corpus, and a single file. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { buildPrograms } from '../tools/build.ts'
import { outcome, part, skipped, type Bench, type Part } from './outcome.ts'
import { filesBelow, findCorpus } from './scan-corpus.ts'

const LAUNCHER = path.resolve(import.meta.dirname, '../apps/cli/bin/gatehouse.js')

export const scan: Bench = {
  name: 'scan',
  title: 'gatehouse scan: whole process, built bundle',
  async run({ quick, say }) {
    const corpus = findCorpus()
    if ('missing' in corpus) return skipped('scan', 's', 1.5, corpus.missing)
    await buildPrograms()
    const workflows = path.join(corpus.folder, 'workflows')
    const files = filesBelow(workflows)
    const count = files.filter((file) => /\.github\/workflows\/[^/]+\.ya?ml$/.test(file)).length
    const single = files.find((file) => file.endsWith('.github/workflows/ci.yml')) ?? ''
    const lines = readFileSync(path.join(workflows, single), 'utf8').split('\n').length
    say(`${count} workflows in ${files.length} files; single file: ${single}, ${lines} lines`)
    const rounds = quick ? 3 : 11
    const whole: Run[] = []
    const one: Run[] = []
    for (let at = 0; at < rounds; at++) {
      whole.push(measure([workflows]))
      one.push(measure([path.join(workflows, single)]))
    }
    const main = part('whole corpus, wall clock (median)', median(whole.map((run) => run.seconds)), 's', 1.5)
    const parts: Part[] = [
      main,
      part('whole corpus, processor time (median)', median(whole.map((run) => run.cpuSeconds)), 's', null),
      part('whole corpus, memory (largest)', Math.max(...whole.map((run) => run.megabytes)), 'MB', 300),
      part('single file, wall clock (median)', median(one.map((run) => run.seconds)) * 1000, 'ms', 150),
    ]
    const cost = spawnSync(process.execPath, [LAUNCHER, 'scan', '--cost', '--output', '/dev/null', '--level', 'audit', workflows], {
      encoding: 'utf8',
    })
    for (const match of cost.stderr.matchAll(/^ *([\d.]+) ms {2}([\w-]+)$/gm))
      parts.push(part(`rule ${match[2] ?? ''}`, Number(match[1]), 'ms', null))
    return outcome('scan', main, parts)
  },
}

interface Run {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly megabytes: number
}

/** Runs the command once; its own resource use comes from a line that it is asked to print at its end. */
function measure(paths: readonly string[]): Run {
  const report =
    'process.on("exit",()=>{const u=process.resourceUsage();process.stderr.write("USED "+(u.userCPUTime+u.systemCPUTime)+" "+u.maxRSS+"\\n")})'
  const started = performance.now()
  const child = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(report)}`,
      LAUNCHER,
      'scan',
      '--format',
      'json',
      '--output',
      '/dev/null',
      ...paths,
    ],
    { encoding: 'utf8' },
  )
  const seconds = (performance.now() - started) / 1000
  const used = /USED (\d+) (\d+)/.exec(child.stderr)
  if (child.status === null || child.status > 1 || !used)
    throw new Error(`the scan failed with ${child.status}: ${child.stderr.slice(0, 500)}`)
  return { seconds, cpuSeconds: Number(used[1]) / 1e6, megabytes: Number(used[2]) / 1024 }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}
