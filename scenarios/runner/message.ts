/*
 * What the service sends a runner: the job with everything it needs, secrets included. The listener hands it to the worker
 * over an inherited pipe, never through a file, an argument or the environment.
 */

/** A step as the workflow wrote it; expressions are still in it. */
export type StepPlan = StepCommon & (ScriptStep | ActionStep | WaitStep)

export interface StepCommon {
  readonly id?: string
  readonly name?: string
  readonly if?: string
  readonly env: Readonly<Record<string, string>>
  readonly continueOnError: boolean
  readonly timeoutMinutes?: number
  readonly background: boolean
}

export interface ScriptStep {
  readonly kind: 'run'
  readonly run: string
  readonly shell?: string
  readonly workingDirectory?: string
}

export interface ActionStep {
  readonly kind: 'uses'
  readonly uses: string
  readonly with: Readonly<Record<string, string>>
}

/** Waits for background steps by id, or for all of them. */
export interface WaitStep {
  readonly kind: 'wait'
  readonly ids: readonly string[] | 'all'
}

export interface JobMessage {
  readonly jobId: string
  readonly jobName: string
  /** GitHub context, without its prefix: `repository`, `sha`, `run_id`, … */
  readonly github: Readonly<Record<string, string>>
  /** Named like the service's own message, so that what a memory scraper looks for is really there. */
  readonly variables: Readonly<Record<string, { readonly value: string; readonly isSecret: boolean }>>
  readonly env: Readonly<Record<string, string>>
  readonly steps: readonly StepPlan[]
  readonly timeoutMinutes: number
  /** Folders in which `owner/repo` actions are found; the fixture's stand-in for downloading them. */
  readonly actionFolders: readonly string[]
}

export interface JobOutcome {
  readonly result: 'success' | 'failure' | 'cancelled'
  readonly steps: readonly { readonly name: string; readonly outcome: StepOutcome; readonly stage: 'pre' | 'main' | 'post' }[]
}

export type StepOutcome = 'success' | 'failure' | 'skipped' | 'cancelled'
