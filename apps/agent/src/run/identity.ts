/* Who we are: the run this job belongs to, from the environment GitHub's runner set for us. */
import type { Run } from '@gatehouse/schema'
import { createHash, randomUUID } from 'node:crypto'

/**
 * The run. Its id is computed, so that the agents of all jobs of a run, on whatever machines, arrive at the same one without talking to
 * each other. Outside GitHub every run is a run of its own.
 */
export function identifyRun(environment: Readonly<Record<string, string | undefined>>): Run {
  const text = (name: string, max: number) => {
    const value = environment[name]
    return value === undefined || value === '' ? undefined : value.slice(0, max)
  }
  const repository = text('GITHUB_REPOSITORY', 200)
  const githubId = text('GITHUB_RUN_ID', 32)
  const attempt = wholeNumber(environment['GITHUB_RUN_ATTEMPT'], 1_000_000)
  if (repository === undefined || githubId === undefined) return { id: randomUUID() }
  const server = text('GITHUB_SERVER_URL', 512) ?? 'https://github.com'
  const run: Record<keyof Run, Run[keyof Run] | undefined> = {
    id: runId(server, repository, githubId, attempt ?? 1),
    repository,
    workflow: text('GITHUB_WORKFLOW', 512),
    workflowRef: text('GITHUB_WORKFLOW_REF', 1_024),
    number: wholeNumber(environment['GITHUB_RUN_NUMBER'], Number.MAX_SAFE_INTEGER),
    githubId,
    attempt: attempt ?? 1,
    event: text('GITHUB_EVENT_NAME', 64),
    ref: text('GITHUB_REF', 512),
    sha: text('GITHUB_SHA', 64),
    actor: text('GITHUB_ACTOR', 100),
  }
  // Safe: only the absent fields are taken out, and each of the others has the type that Run gives it.
  return Object.fromEntries(Object.entries(run).filter(([, value]) => value !== undefined)) as Run
}

/** A name-based UUID (RFC 9562, version 8) of a run on GitHub. */
function runId(server: string, repository: string, githubId: string, attempt: number): string {
  const name = [server.replace(/\/+$/, '').toLowerCase(), repository.toLowerCase(), githubId, String(attempt)].join('\n')
  const bytes = createHash('sha256').update(`gatehouse run\n${name}`).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function wholeNumber(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined
  const number = Number(text)
  return number <= max ? number : undefined
}
