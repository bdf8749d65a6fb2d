import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'

export const runnerRegistered = defineDetection({
  id: 'runner-registered',
  title: 'A new runner was registered from within a build',
  severity: 'critical',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R30', 'S-14'],
  attack: ['T1133', 'T1543'],
  remedy: 'Remove the runner in the settings of the repository and of the organization: it waits for commands from outside.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec' || event.argv === undefined) return null
    const argv = event.argv.slice(0, 24)
    const program = argv.slice(0, 3).map(baseName)
    const script =
      program.includes('config.sh') &&
      argv.includes('--url') &&
      (argv.includes('--token') || argv.includes('--pat') || argv.includes('--unattended'))
    const listener = (baseName(event.exe) === 'Runner.Listener' || program[0] === 'Runner.Listener') && argv[1] === 'configure'
    if (!script && !listener) return null
    return {
      message: `${actorWords(job, event)} registered this machine as a runner.`,
      evidence: {
        exe: event.exe,
        runner: baseName(argv[0] ?? ''),
        options: argv.filter((argument) => argument.startsWith('--')).join(' '),
      },
      key: 'runner',
    }
  },
})
