/**
 * `npm run kernels [-- SERIES…] [--offline] [--json] [--minutes N] [--test FILE]`: the sensor's functional tests on real Debian kernels, each booted
 * in QEMU. A table of kernel × result; exit code 1 when any test failed on any of them.
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { missingPrograms } from './debian/command.ts'
import { APT_PROGRAMS } from './debian/private-apt.ts'
import { kernelImages, type KernelImage, SERIES } from './kernels/images.ts'
import { buildInitramfs, INITRAMFS_PROGRAMS } from './kernels/initramfs.ts'
import { bootMachine, QEMU_PROGRAMS } from './kernels/machine.ts'
import { readConsole, type Result } from './kernels/result.ts'
import { ROOT } from './root.ts'

/** The sensor's own tests, the same files that Vitest runs on this machine. */
const TESTS = 'apps/agent/src/sensor/**/*.test.ts'
/** The emulator shares two cores with whatever else runs; `--minutes` overrides. */
const MINUTES_MAX = 15

process.exitCode = await main()

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      offline: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      test: { type: 'string', multiple: true },
      verbose: { type: 'boolean', default: false },
      minutes: { type: 'string', default: String(MINUTES_MAX) },
    },
  })
  const missing = missingPrograms({ ...APT_PROGRAMS, ...INITRAMFS_PROGRAMS, ...QEMU_PROGRAMS })
  if (missing !== undefined) {
    console.error(missing)
    return 2
  }
  const tests = values.test ?? globSync(TESTS, { cwd: ROOT }).toSorted()
  if (tests.length === 0) {
    console.error(`no tests match ${TESTS}`)
    return 2
  }
  const cache = join(ROOT, '.cache/kernels')
  const images = await kernelImages(cache, positionals.length > 0 ? positionals : SERIES, values.offline)
  const initramfs = await buildInitramfs(cache, tests)
  const results: Result[] = []
  for (const image of images) {
    const result = await tryKernel(image, initramfs, Number(values.minutes) * 60, values.verbose)
    results.push(result)
    console.log(describe(result))
  }
  const failed = results.filter(({ passed, failed, complete }) => failed > 0 || passed === 0 || !complete).length
  if (values.json) console.log(JSON.stringify({ name: 'kernels', pass: failed === 0, parts: results }))
  return failed === 0 ? 0 : 1
}

/** The emulator itself was seen to fail about one boot in twenty; a test that failed is never tried again. */
async function tryKernel(image: KernelImage, initramfs: string, secondsMax: number, verbose: boolean): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const boot = await bootMachine(image.path, initramfs, secondsMax)
    if (verbose) console.log(boot.console)
    const result = { ...readConsole(boot.console, image), seconds: Math.round(boot.seconds), boots: attempt }
    // One that ran into the time limit was slow, not broken: a second try would be as slow.
    if (result.complete || boot.ended === 'time-limit' || attempt === 2) return result
  }
}

function describe(result: Result): string {
  const counts = `${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`
  const trouble = result.complete ? '' : `  did not reach the end: ${result.lastWords}`
  const again = result.boots > 1 ? `  (boot ${result.boots})` : ''
  const failures = result.failures.map(({ title, error }) => `\n    ✗ ${title}: ${error}`).join('')
  const mark = result.complete && result.failed === 0 && result.passed > 0 ? '✓' : '✗'
  return `${mark} ${(result.release ?? image(result)).padEnd(34)} ${counts.padEnd(36)} ${result.seconds} s${again}${trouble}${failures}`
}

function image(result: Result): string {
  return `${result.series} (${result.version})`
}
