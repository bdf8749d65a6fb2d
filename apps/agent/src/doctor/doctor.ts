/* `gatehouse doctor`: every check in words, and a real attempt to start the sensor. */
import { parseArgs } from 'node:util'
import { EXIT } from '../exit-codes.ts'
import { painter, wrap } from '../report/render.ts'
import { visible } from '../report/visible.ts'
import { cgroup2Mount, createCgroup } from '../run/cgroup.ts'
import { openSensor } from '../sensor/sensor.ts'
import { machineChecks, type Check } from './checks.ts'

export interface DoctorIo {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly color: boolean
}

/** @returns 0 when `gatehouse run` works here, 1 when it does not, 2 for a wrong command line. */
export async function doctor(args: readonly string[], io: DoctorIo): Promise<number> {
  let values: { readonly json?: boolean; readonly 'no-color'?: boolean }
  try {
    values = parseArgs({ args: [...args], options: { json: { type: 'boolean' }, 'no-color': { type: 'boolean' } } }).values
  } catch (error) {
    io.stderr(`gatehouse doctor: ${error instanceof Error ? error.message : String(error)}\n`)
    return EXIT.usage
  }
  const checks = machineChecks()
  checks.push(await sensorCheck(checks.some((check) => check.required && !check.ok)))
  const ready = checks.every((check) => check.ok || !check.required)
  if (values.json) io.stdout(`${JSON.stringify({ ready, checks }, undefined, 2)}\n`)
  else io.stdout(render(checks, ready, io.color && !values['no-color']))
  return ready ? EXIT.ok : EXIT.problem
}

/** Loads the programs, attaches them to a cgroup of its own, and takes them off again. */
async function sensorCheck(hopeless: boolean): Promise<Check> {
  const title = 'the sensor loads and attaches'
  const base = { id: 'sensor', title, required: true } as const
  if (hopeless)
    return { ...base, ok: false, found: 'not tried', consequence: 'see above', remedy: 'mend what is marked ✗ and required above' }
  const mount = cgroup2Mount()
  if (mount === undefined) return { ...base, ok: false, found: 'not tried', consequence: 'see above', remedy: 'mount cgroup2' }
  let cgroup
  try {
    cgroup = createCgroup(mount)
    const sensor = await openSensor({ scope: { kind: 'cgroup', path: cgroup.path }, hooksCgroup: cgroup.path })
    const { full, missing, loadMilliseconds } = sensor.capabilities
    await sensor.close()
    const found = `loaded and attached in ${Math.round(loadMilliseconds)} ms${full ? '' : `; missing: ${missing.join('; ')}`}`
    return full
      ? { ...base, ok: true, found }
      : { ...base, ok: true, found, consequence: 'records are marked degraded', remedy: 'a newer kernel has what is missing' }
  } catch (error) {
    return {
      ...base,
      ok: false,
      found: visible(error instanceof Error ? error.message : String(error)).slice(0, 600),
      consequence: '`gatehouse run` ends with code 125',
      remedy: 'send this text with a bug report; until then --allow-degraded runs without watching',
    }
  } finally {
    cgroup?.remove()
  }
}

function render(checks: readonly Check[], ready: boolean, color: boolean): string {
  const paint = painter(color)
  const lines = [
    ready ? paint.green('✓ This machine can watch jobs.') : paint.red('✗ This machine cannot watch jobs yet. What is missing is marked ✗.'),
    '',
  ]
  for (const check of checks) {
    const mark = check.ok ? paint.green('✓') : check.required ? paint.red('✗') : paint.yellow('○')
    lines.push(`${mark} ${check.title}: ${visible(check.found)}`)
    if (check.consequence !== undefined) lines.push(...wrap(`→ ${check.consequence}`, 4))
    if (check.remedy !== undefined) lines.push(...wrap(`fix: ${check.remedy}`, 4))
  }
  return `${lines.join('\n')}\n`
}
