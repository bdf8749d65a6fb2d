import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { packageOf, writtenPath } from '../../files.ts'
import { isTool } from '../../programs.ts'
import { isGitHubApi } from '../../hosts.ts'

const CONTENTS = /^(?:\/api\/v3)?\/repos\/[^/]+\/[^/]+\/contents\/\.github\/workflows\//

export const workflowPlanted = defineDetection({
  id: 'workflow-planted',
  title: 'A workflow was planted in a repository',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R21', 'S-12', 'S-14'],
  attack: ['T1546', 'T1567.001'],
  remedy: "Look at the workflow file and remove it: it runs with the repository's secrets. Then find the credential that was used.",
  requires: ['http', 'file'],

  match(event, job) {
    let where: string
    if (event.kind === 'http') {
      if (event.method !== 'PUT' || !isGitHubApi(event.host) || !CONTENTS.test(event.path)) return null
      where = event.path
    } else {
      const path = writtenPath(event)
      // Packages carry workflow files of their own; those are never run.
      if (
        path === null ||
        job.place(path) !== 'workflow' ||
        packageOf(path) !== null ||
        job.script(event.process) === null ||
        isTool(event.exe, [], 'git')
      )
        return null
      where = path
    }
    return { message: `${actorWords(job, event)} wrote the workflow ${where}.`, evidence: { where, exe: event.exe }, key: where }
  },
})
