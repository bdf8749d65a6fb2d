import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'set in a command', fires: true, events: jobOf(exec(2, 1, ['bash', '-c', 'RUNNER_TRACKING_ID=0 nohup ./d &'])) },
  { name: 'seen in the environment', fires: true, events: jobOf(exec(2, 1, ['./d'], { environment: { RUNNER_TRACKING_ID: '0' } })) },
  { name: "the runner's own", fires: false, events: jobOf(exec(2, 1, ['./d'], { environment: { RUNNER_TRACKING_ID: 'github_1234' } })) },
]
