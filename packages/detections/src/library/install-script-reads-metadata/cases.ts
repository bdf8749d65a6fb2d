import { exec, jobOf, connects, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'a postinstall asks', fires: true, events: jobOf(...INSTALL, connects(3, null, { ip: '169.254.169.254', port: 80 })) },
  {
    name: 'tests of a cloud library',
    fires: false,
    events: jobOf(exec(2, 1, ['npm', 'test']), exec(3, 2, ['node', 't.js']), connects(3, null, { ip: '169.254.169.254', port: 80 })),
  },
  {
    name: "the Azure agent's address as resolver",
    fires: false,
    events: jobOf(...INSTALL, connects(3, null, { ip: '168.63.129.16', port: 53 })),
  },
]
