/* The environment of a step's process. Built from nothing: what the person who starts a scenario has set must not leak in. */
import { join } from 'node:path'
import type { FileCommands } from './file-commands.ts'
import type { Layout } from './layout.ts'
import type { JobMessage } from './message.ts'

const BASE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Names of the GitHub context that become GITHUB_* (runner source, GitHubContext.cs). */
const CONTEXT_NAMES = [
  'actor', 'actor_id', 'api_url', 'base_ref', 'event_name', 'event_path', 'graphql_url', 'head_ref', 'job', 'ref', 'ref_name',
  'ref_protected', 'ref_type', 'repository', 'repository_id', 'repository_owner', 'repository_owner_id', 'retention_days',
  'run_attempt', 'run_id', 'run_number', 'server_url', 'sha', 'triggering_actor', 'workflow', 'workflow_ref', 'workflow_sha',
] // prettier-ignore

/** State that steps change for the steps after them. */
export interface JobEnvironment {
  readonly variables: Map<string, string>
  readonly paths: string[]
}

/** What every step of the job gets. */
export function baseEnvironment(message: JobMessage, layout: Layout, trackingId: string): Record<string, string> {
  const context = CONTEXT_NAMES.flatMap((name) => {
    const value = message.github[name]
    return value === undefined ? [] : [[`GITHUB_${name.toUpperCase()}`, value] as const]
  })
  return {
    HOME: layout.home,
    USER: 'runner',
    LANG: 'C.UTF-8',
    SHELL: '/bin/bash',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    ...Object.fromEntries(context),
    GITHUB_WORKSPACE: layout.workspace,
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_NAME: 'fixture-runner',
    RUNNER_ENVIRONMENT: 'self-hosted',
    RUNNER_TEMP: layout.temp,
    RUNNER_TOOL_CACHE: layout.tools,
    RUNNER_WORKSPACE: join(layout.workspace, '..'),
    RUNNER_TRACKING_ID: trackingId,
  }
}

/** What belongs to one step: its name, its files, the action it is part of. */
export function stepEnvironment(
  files: FileCommands,
  contextName: string,
  action: { readonly folder: string; readonly repository?: string | undefined; readonly ref?: string | undefined } | null,
): Record<string, string> {
  return {
    GITHUB_ACTION: contextName,
    GITHUB_OUTPUT: files.output,
    GITHUB_ENV: files.env,
    GITHUB_PATH: files.path,
    GITHUB_STATE: files.state,
    GITHUB_STEP_SUMMARY: files.summary,
    ...(action ? { GITHUB_ACTION_PATH: action.folder } : {}),
    ...(action?.repository ? { GITHUB_ACTION_REPOSITORY: action.repository } : {}),
    ...(action?.ref ? { GITHUB_ACTION_REF: action.ref } : {}),
  }
}

/** What only actions get: their inputs, their saved state, and the service's runtime token (as in NodeScriptActionHandler). */
export function actionEnvironment(
  inputs: Readonly<Record<string, string>>,
  state: ReadonlyMap<string, string>,
  runtimeToken: string,
): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value])),
    ...Object.fromEntries([...state].map(([name, value]) => [`STATE_${name}`, value])),
    ACTIONS_RUNTIME_URL: 'http://pipelines.example.test/',
    ACTIONS_RESULTS_URL: 'http://results.example.test/',
    ACTIONS_RUNTIME_TOKEN: runtimeToken,
  }
}

/** PATH with what steps added, newest first, as the runner does. */
export function pathWith(job: JobEnvironment): string {
  return [...job.paths.toReversed(), BASE_PATH].join(':')
}
