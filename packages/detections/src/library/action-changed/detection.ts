import { defineDetection } from '../../detection.ts'

const COMMIT = /^[0-9a-f]{40}$/

export const actionChanged = defineDetection({
  id: 'action-changed',
  title: 'An action changed under the same name',
  severity: 'medium',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['S-13', 'S-18'],
  attack: ['T1195.002'],
  remedy: 'Compare the two commits, then pin the one you have read.',
  requires: ['process'],

  match(event, job) {
    const action = event.op === 'exec' ? job.step(event.step)?.action : undefined
    if (action === undefined || COMMIT.test(action.ref)) return null
    const known = job.action(action.repository, action.ref)
    if (known?.commit === undefined || known.previousCommit === undefined || known.commit === known.previousCommit) return null
    return {
      message: `${action.repository}@${action.ref} is another commit than in the last run.`,
      evidence: { action: action.repository, ref: action.ref, commit: known.commit, previousCommit: known.previousCommit },
      key: `${action.repository}@${action.ref}`,
    }
  },
})
