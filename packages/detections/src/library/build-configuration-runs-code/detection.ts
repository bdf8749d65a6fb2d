import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'
import { writtenPath } from '../../files.ts'
import { isTool, inlineCode } from '../../programs.ts'

const GYP = /\/gyp_main\.py$|\/gyp$/
const ACTS = /writeFile|appendFile|createWriteStream|child_process|execSync|spawn|https?\b|fetch\(|\bnet\b|\beval\(|atob|base64/
const FREE = /\/__pycache__\/|^\/dev\/|\/\.cache\/|node-compile-cache|^\/proc\//

export const buildConfigurationRunsCode = defineDetection({
  id: 'build-configuration-runs-code',
  title: 'The configuration of a native build ran a program that does more than configure',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['S-26'],
  attack: ['T1195.002', 'T1059'],
  remedy: "Read the package's binding.gyp: a command between `<!(` and `)` runs at configuration, without any install script.",
  requires: ['file', 'process'],

  match(event, job) {
    if (job.process(event.process)?.belowGyp !== true) return null
    const chain = job.chain(event.process)
    const gyp = chain.findIndex(({ argv }) => argv.slice(0, 3).some((argument) => GYP.test(argument)))
    if (gyp < 1) return null
    let what: string
    if (event.kind === 'file') {
      const path = writtenPath(event)
      if (path === null || FREE.test(path)) return null
      what = `wrote ${path}`
    } else {
      const code = event.op === 'exec' ? inlineCode(event.argv ?? []) : ''
      const fetches = event.op === 'exec' && isTool(event.exe, [], 'downloader')
      if (!fetches && (!isTool(event.exe, [], 'interpreter') || isTool(event.exe, [], 'shell') || !ACTS.test(code))) return null
      what = fetches ? `started ${baseName(event.exe)}` : 'ran code that acts'
    }
    return {
      message: `${actorWords(job, event)}, started by the configuration of a native build, ${what}.`,
      evidence: { what: what.slice(0, 1_024), exe: event.exe },
      key: String(chain[gyp]?.process ?? 0),
    }
  },
})
