import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { writtenPath } from '../../files.ts'
import { isTool } from '../../programs.ts'

/** Written by the packaging tools themselves, or by packages that document it. */
const KNOWN =
  /\/(?:distutils-precedence|easy-install|setuptools|_virtualenv|__editable__[^/]*|a1_coverage|zope[^/]*nspkg|[^/]*-nspkg|matplotlib|protobuf[^/]*|google[^/]*|pywin32|_?_?[a-z_]*editable[a-z_.-]*|coverage|debugpy|hunter|pytest-cov|sitecustomize-[^/]*)\.pth$/i

export const pythonStartFileWritten = defineDetection({
  id: 'python-start-file-written',
  title: 'A file that every start of Python runs was written',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R25', 'S-20'],
  attack: ['T1546', 'T1059.006'],
  remedy: 'Read the file: a line that starts with `import` runs whenever Python starts, whatever it is started for.',
  requires: ['file'],

  match(event, job) {
    const path = writtenPath(event)
    if (path === null || job.place(path) !== 'python-start' || KNOWN.test(path)) return null
    if (job.chain(event.process).some((link) => isTool(link.exe, link.argv, 'system-installer'))) return null
    const name = path.slice(path.lastIndexOf('/') + 1)
    // A package whose editable install is named after it only adds a path.
    const phase = job.script(event.process)
    return {
      message: `${actorWords(job, event)} wrote ${name}, which every start of Python runs.`,
      evidence: { path, exe: event.exe, script: phase !== null },
      key: path,
    }
  },
})
