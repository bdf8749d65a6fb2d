import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'
import { isTool } from '../../programs.ts'

/** Sandboxes of browsers must be set-user-id root, which their documentation tells people to do. */
const SANDBOX = /\/chrome[-_]sandbox$/

export const setUserIdGranted = defineDetection({
  id: 'set-user-id-granted',
  title: 'A program was given the right to run as its owner',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R12'],
  attack: ['T1548.001'],
  remedy: 'Find out why a build makes a set-user-id program or gives one capabilities. On a machine that is used again, remove it.',
  requires: ['file', 'process'],

  match(event, job) {
    let path: string | undefined
    if (event.kind === 'file') {
      if (event.op !== 'chmod' || (event.result ?? 0) < 0 || ((event.mode ?? 0) & 0o4000) === 0) return null
      path = event.path
    } else if (event.op === 'exec') {
      const [name = '', ...rest] = event.argv ?? []
      const tool = baseName(name)
      if (tool === 'chmod' && rest.some((argument) => /^(?:[ugoa]*\+[rwxt]*s[rwxt]*|0?[4567]\d{3})$/.test(argument))) path = rest.at(-1)
      else if (tool === 'setcap') path = rest.at(-1)
    }
    if (path === undefined || SANDBOX.test(path)) return null
    if (job.chain(event.process).some((link) => isTool(link.exe, link.argv, 'system-installer'))) return null
    return {
      message: `${actorWords(job, event)} gave ${path} the right to run as somebody else.`,
      evidence: { path, exe: event.exe },
      key: path,
    }
  },
})
