import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'
import { isTool } from '../../programs.ts'
import { environmentEntries } from '../../decode.ts'

export const environmentInArguments = defineDetection({
  id: 'environment-in-arguments',
  title: 'The whole environment was handed to a network tool',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['S-03'],
  attack: ['T1041', 'T1048.003'],
  remedy: 'Rotate everything that the step had in its environment; the command line says where it was sent.',
  requires: ['process'],

  match(event, job) {
    if (
      event.op !== 'exec' ||
      (!isTool(event.exe, event.argv ?? [], 'downloader') && !/(?:^|\/)(?:nc|ncat|netcat|socat|telnet|openssl)$/.test(event.exe))
    )
      return null
    const carried = (event.argv ?? [])
      .slice(1, 64)
      .map((argument) => environmentEntries(argument.includes('\n') ? argument : ''))
      .find((names) => names >= 4)
    if (carried === undefined) return null
    return {
      message: `${actorWords(job, event)} was handed ${carried} variables of the environment to send.`,
      evidence: { exe: event.exe, variables: carried, tool: baseName(event.argv?.[0] ?? event.exe) },
      key: event.exe,
    }
  },
})
