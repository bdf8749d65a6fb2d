/*
 * `gatehouse run` between a shell and a command: a terminal, its signals and job control, and descriptors. `script` makes the terminal,
 * a real bash sits on it, and what is typed goes through the kernel's line discipline.
 */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWith } from '../../../../tools/requirements.ts'
import { inTemporaryFolder, LAUNCHER, until } from './testing.ts'

const TIMEOUT_MS = 60_000
const RUN = `${process.execPath} ${LAUNCHER} run --quiet --`

interface Terminal {
  readonly type: (text: string) => void
  readonly shown: () => string
  readonly see: (text: string | RegExp) => Promise<void>
}

async function onTerminal(test: (terminal: Terminal) => Promise<void>): Promise<void> {
  const child = spawn('/usr/bin/script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/', PS1: '$ ', TERM: 'dumb' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let shown = ''
  child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()))
  child.stdin.on('error', () => undefined)
  const see: Terminal['see'] = async (text) => {
    try {
      await until(() => (typeof text === 'string' ? shown.includes(text) : text.test(shown)), 15_000)
    } catch {
      throw new Error(`waited for ${text}, and the terminal shows:\n${shown}`)
    }
  }
  try {
    await see('$ ')
    await test({ type: (text) => child.stdin.write(text), shown: () => shown, see })
  } finally {
    child.stdin.end('\u0003\nkill -9 $(jobs -p) 2>/dev/null; exit\n')
    child.kill('SIGKILL')
  }
}

/** Of a gatehouse that runs under this terminal's shell: the line of `ps` that names its own process. */
function pidOfRun(marker: string): number {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
  const line = stdout.split('\n').find((one) => one.includes('gatehouse.js run') && one.includes(marker))
  return Number.parseInt(line ?? '', 10)
}

const processesWith = (marker: string) =>
  spawnSync('ps', ['-eo', 'args='], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.includes(marker))

describeWith(['root', 'ebpf', 'cgroup2'], 'gatehouse run on a terminal', () => {
  test(
    'Ctrl-C reaches the command once, and its exit code comes back',
    async () => {
      await onTerminal(async ({ type, see, shown }) => {
        type(`${RUN} sh -c 'n=0; trap "n=\\$((n+1)); echo in\\t\\$n" INT; echo rea\\dy; sleep 1; sleep 1; exit 5'; echo code=$?\n`)
        await see('ready\r')
        type('\u0003')
        await see('code=5')
        expect(shown()).toContain('int=1')
        expect(shown()).not.toContain('int=2')
      })
    },
    TIMEOUT_MS,
  )

  test(
    'SIGINT sent to gatehouse alone reaches the command as well',
    async () => {
      await onTerminal(async ({ type, see }) => {
        const marker = `alone-${process.pid}`
        type(`${RUN} sh -c 'trap "echo in""terrupted; exit 6" INT; echo rea""dy; while :; do sleep 0.1; done' ${marker}; echo code=$?\n`)
        await see('ready')
        process.kill(pidOfRun(marker), 'SIGINT')
        await see('interrupted')
        await see('code=6')
      })
    },
    TIMEOUT_MS,
  )

  test(
    'Ctrl-Z stops it, fg goes on, and a change of the window size arrives',
    async () => {
      await onTerminal(async ({ type, see }) => {
        type(
          `${RUN} bash -c 'trap "echo win""dow" WINCH; echo rea""dy; for i in {1..300}; do sleep 0.1; read -t 0.01 x && break; done; echo got $x'\n`,
        )
        await see('ready')
        type('\u001a')
        await see(/Stopped/)
        type('fg\n')
        await see(/fg\r\n.*gatehouse\.js run/)
        type('\u001a')
        await see(/Stopped[^]*Stopped/)
        // Resizing the terminal from behind: bash is in the foreground now, so the command is resumed first.
        type('(sleep 1; stty rows 40 cols 99 < /dev/tty) & fg %1\n')
        await see('window')
        type('hello\n')
        await see('got hello')
      })
    },
    TIMEOUT_MS,
  )

  test(
    'Ctrl-C at any moment of the start ends both, and leaves nothing behind',
    async () => {
      await onTerminal(async ({ type, see }) => {
        for (const [index, delayMs] of [20, 60, 100, 140, 180, 240, 320, 450].entries()) {
          const marker = `early-${process.pid}-${index}`
          type(`${RUN} sh -c 'sleep 30; echo never' ${marker}; echo code${index}=$?\n`)
          await new Promise((resolve) => setTimeout(resolve, delayMs))
          type('\u0003')
          // Bash gives up the rest of the line when its command was interrupted.
          type(`\necho next${index}\n`)
          await see(new RegExp(`\\nnext${index}`))
          expect(processesWith(marker), `after ${delayMs} ms`).toEqual([])
        }
      })
    },
    TIMEOUT_MS,
  )
})

const shell = (script: string) => spawnSync('bash', ['-c', script], { encoding: 'utf8' })

describeWith(['root', 'ebpf', 'cgroup2'], 'descriptors of gatehouse run', () => {
  test(
    'that the shell opened reach the command, and no others do',
    async () => {
      await inTemporaryFolder(async (folder) => {
        const wanted = shell(`exec 3</etc/passwd 7>${folder}/a 20<&0; ls /proc/self/fd | tr '\\n' ' '`).stdout
        const found = shell(`exec 3</etc/passwd 7>${folder}/a 20<&0; ${RUN} ls /proc/self/fd | tr '\\n' ' '`).stdout
        expect(found).toBe(wanted)
        expect(shell(`${RUN} cat <(echo substituted)`).stdout).toBe('substituted\n')
        expect(shell(`exec 3>${folder}/b 4>&3 5>&3 6>&3 8>&3; ${RUN} sh -c 'echo one >&3; echo two >&8'`).status).toBe(0)
        expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('one\ntwo\n')
      })
    },
    TIMEOUT_MS,
  )
})

describeWith(['root', 'ebpf', 'cgroup2', 'make'], 'make below gatehouse run below make', () => {
  test(
    'has the job server of the outer one',
    async () => {
      await inTemporaryFolder(async (folder) => {
        const makefile = join(folder, 'Makefile')
        const text = `all:\n\t+${RUN} $(MAKE) -f ${makefile} inner\ninner: a b\na b:\n\t@echo $@\n`
        writeFileSync(makefile, text)
        const { stdout, stderr, status } = spawnSync('make', ['-j3', '-f', makefile], { encoding: 'utf8' })
        expect(stderr).not.toMatch(/jobserver unavailable/)
        expect({ status, stdout: /^a$/m.test(stdout) && /^b$/m.test(stdout) }).toEqual({ status: 0, stdout: true })
      })
    },
    TIMEOUT_MS,
  )
})
