import { defineDetection } from '../../detection.ts'
import { baseName, chainWords } from '../../words.ts'

/** Tools that a package manager starts itself and that read their own credentials. */
const OWN_TOOLS: ReadonlySet<string> = new Set(['git', 'git-remote-https', 'ssh', 'npm', 'node-gyp', 'pip'])

export const installScriptReadsSecret = defineDetection({
  id: 'install-script-reads-secret',
  title: 'An install script read a credential file',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R08'],
  attack: ['T1552.001'],
  remedy:
    'Find the package whose install script this is, remove or pin it, and rotate the credential. Running installs with scripts disabled ' +
    '(for npm: ignore-scripts=true) closes this way in.',
  requires: ['file'],

  match(event, job) {
    if (event.op !== 'read' || event.family === undefined || event.family === 'process-memory') return null
    const chain = job.chain(event.process)
    const phase = job.script(event.process)
    // The package manager reads its own configuration; only what it started is a stranger.
    if (phase === null || OWN_TOOLS.has(baseName(event.exe))) return null
    return {
      message: `While ${phase.tool} was installing packages, ${chainWords(chain)} read ${event.path}.`,
      evidence: { path: event.path, family: event.family, exe: event.exe, tool: phase.tool },
      key: event.path,
    }
  },
})
