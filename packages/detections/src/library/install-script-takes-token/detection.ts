import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'
import { looksLike } from '../../programs.ts'

const TOKEN =
  /(?:^|\/)gh auth (?:token|status\b.*(?:-t|--show-token))|(?:^|\/)gcloud auth (?:print-access-token|application-default print-access-token)|(?:^|\/)az account get-access-token|(?:^|\/)aws (?:configure (?:get|export-credentials)|sts get-session-token|secretsmanager)|(?:^|\/)npm (?:token|config get .*_authToken)|(?:^|\/)git credential fill|(?:^|\/)vault (?:read|kv get)|(?:^|\/)security find-generic-password/

export const installScriptTakesToken = defineDetection({
  id: 'install-script-takes-token',
  title: 'An install script searched for tokens',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['S-10', 'S-12'],
  attack: ['T1528', 'T1552.001'],
  remedy: 'Rotate the tokens of this machine and remove the package.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec') return null
    const argv = event.argv ?? []
    const words = argv.slice(0, 8).join(' ')
    const scanner = looksLike(event.exe, argv, 'secret-scanner')
    if (!scanner && !TOKEN.test(words)) return null
    const phase = job.script(event.process)
    if (phase === null) return null
    return {
      message: `While ${phase.tool} was installing packages, ${actorWords(job, event)} ${scanner ? 'searched the machine for secrets' : 'asked a tool for its token'}.`,
      evidence: { exe: event.exe, argv: words.slice(0, 1_024), tool: phase.tool },
      key: baseName(argv[0] ?? event.exe),
    }
  },
})
