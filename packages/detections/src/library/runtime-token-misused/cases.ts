import { exec, jobOf, connects, stepOf, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a postinstall asks for an identity token',
    fires: true,
    events: jobOf(...INSTALL, connects(3, 'run-actions-1.actions.githubusercontent.com')),
  },
  {
    name: 'the cache action',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'cache.js']), connects(2, 'results-receiver.actions.githubusercontent.com')),
    steps: [stepOf(1, 'actions/cache@v4')],
  },
]
