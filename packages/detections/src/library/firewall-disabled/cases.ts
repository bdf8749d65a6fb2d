import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'flushed', fires: true, events: jobOf(exec(2, 1, ['iptables', '-F'], { exe: '/usr/sbin/xtables-nft-multi' })) },
  { name: 'accepted', fires: true, events: jobOf(exec(2, 1, ['/usr/sbin/iptables', '-P', 'OUTPUT', 'ACCEPT'])) },
  { name: 'nft', fires: true, events: jobOf(exec(2, 1, ['nft', 'flush', 'ruleset'])) },
  {
    name: 'a rule is added for a test',
    fires: false,
    events: jobOf(exec(2, 1, ['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '80', '-j', 'DROP'])),
  },
  { name: 'rules are listed', fires: false, events: jobOf(exec(2, 1, ['iptables', '-L', '-n'])) },
]
