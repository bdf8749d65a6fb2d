import { defineDetection } from '../../detection.ts'

export const imposterCommit = defineDetection({
  id: 'imposter-commit',
  title: 'An action ran from a commit that its repository does not have',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['S-13'],
  attack: ['T1195.002'],
  remedy:
    'Pin another commit, one that a release of the action names, and rotate what the job could read. A commit of a fork is reachable under the name of the original.',
  requires: ['process'],

  match(event, job) {
    const action = event.op === 'exec' ? job.step(event.step)?.action : undefined
    if (action === undefined || job.action(action.repository, action.ref)?.reachable !== false) return null
    return {
      message: `The action ${action.repository}@${action.ref} ran from a commit that is on no branch or tag of ${action.repository}.`,
      evidence: { action: action.repository, ref: action.ref },
      key: `${action.repository}@${action.ref}`,
    }
  },
})
