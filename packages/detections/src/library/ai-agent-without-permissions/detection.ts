import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { looksLike } from '../../programs.ts'

const OPEN =
  /^(?:--dangerously-skip-permissions|--yolo|--trust-all-tools|--dangerously-bypass-approvals-and-sandbox|--full-auto|--yes-always|--allow-all-tools|--approval-mode[= ]yolo)$/

export const aiAgentWithoutPermissions = defineDetection({
  id: 'ai-agent-without-permissions',
  title: 'An AI agent was started with all its safeguards off',
  severity: 'low',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R24'],
  attack: ['T1059'],
  remedy: 'Limit what the agent may do: whoever writes an issue or a pull request that it reads gives it orders.',
  requires: ['process'],

  match(event, job) {
    const argv = event.op === 'exec' ? (event.argv ?? []) : []
    const option = argv.find((argument) => OPEN.test(argument))
    if (option === undefined || !looksLike(event.exe, argv, 'ai-agent')) return null
    return { message: `${actorWords(job, event)} runs with ${option}.`, evidence: { option, exe: event.exe }, key: event.exe }
  },
})
