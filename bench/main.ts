/** The command line of the benches. */
import { cpus, loadavg, release } from 'node:os'
import { parseArgs } from 'node:util'
import type { Bench, Outcome } from './outcome.ts'

/** Loaded when asked for: a bench may need parts that are not built. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  overhead: async () => (await import('./overhead.ts')).overhead,
  storm: async () => (await import('./storm.ts')).storm,
  ingest: async () => (await import('./ingest.ts')).ingest,
  hunt: async () => (await import('./hunt.ts')).hunt,
  startup: async () => (await import('./startup.ts')).startup,
  scan: async () => (await import('./scan.ts')).scan,
  blast: async () => (await import('./scan-blast.ts')).blast,
  vulnerable: async () => (await import('./scan-vulnerable.ts')).vulnerable,
}

/** @returns the exit code: 0 passed, 1 not passed, 2 wrong usage. */
export async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  })
  const [name = '', ...more] = positionals
  const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
  if (load === undefined || more.length > 0) {
    console.error(
      `usage: npm run bench -- NAME [--quick] [--json]\n${name === '' ? '' : `there is no bench "${positionals.join(' ')}"; `}known: ${Object.keys(BENCHES).join(', ')}`,
    )
    return 2
  }
  const bench = await load()
  const started = performance.now()
  console.log(
    `${bench.title}\nLinux ${release()}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, load ${loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')}`,
  )
  const result = await bench.run({ quick: values.quick, say: (line) => console.log(line) })
  console.log(table(result))
  console.log(
    `${((performance.now() - started) / 1000).toFixed(0)} s; ${result.pass ? 'passed' : 'not passed'}${values.quick ? ' (quick: a sign of life, not a measurement)' : ''}`,
  )
  if (values.json) console.log(JSON.stringify(result))
  return result.pass ? 0 : 1
}

/** The figures in lines; judged ones carry a mark. */
function table(result: Outcome): string {
  if (result.skipped !== undefined) return `skipped: ${result.skipped}`
  const rows = result.parts.map(({ name, figure, unit, target, pass, interval, least }) => {
    const range = interval === undefined ? '' : `[${interval[0]} … ${interval[1]}]`
    const verdict = target === null ? '' : `${pass ? '✓' : '✗'} at ${least === true ? 'least' : 'most'} ${target}`
    return `${name.padEnd(56)} ${String(figure ?? '–').padStart(9)} ${range.padEnd(20)} ${unit.padEnd(14)} ${verdict}`.trimEnd()
  })
  return [...rows, ...result.compared.map(({ name, figure }) => `${name.padEnd(56)} ${String(figure).padStart(9)}`)].join('\n')
}
