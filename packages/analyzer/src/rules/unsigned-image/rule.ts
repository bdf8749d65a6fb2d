import { input, type Step, type Workflow } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'
import { commandsOf, programOf } from '../../shell/index.ts'
import { sourceRange } from '../../yaml/tree.ts'
import type { Range } from '../../source.ts'

export const unsignedImage = defineRule({
  id: 'unsigned-image',
  title: 'An image is published without a signature or origin',
  severity: 'low',
  confidence: 'medium',
  level: 'strict',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F14'],
  cwe: ['CWE-353'],
  cicd: ['CICD-SEC-9'],
  fix: 'none',

  *workflow(workflow) {
    if (signs(workflow)) return
    for (const job of workflow.jobs) {
      for (const step of job.steps) {
        const at = published(step)
        if (at)
          yield {
            at,
            message:
              'The image is pushed, and nothing in the workflow signs it or says where it comes from: whoever may write to the registry can replace it unnoticed.',
          }
      }
    }
  },
})

/** Where a step pushes an image, with the origin switched off or not offered; undefined when it does not. */
function published(step: Step): Range | undefined {
  if (step.uses?.action === 'docker/build-push-action') {
    const push = input(step.with, 'push')
    if (push?.value.trim() !== 'true') return undefined
    // Since v4 the action attests the origin of public builds by itself, unless it is told not to.
    const provenance = input(step.with, 'provenance')
    return provenance?.value.trim() === 'false' && !input(step.with, 'sbom') && !input(step.with, 'attests') ? provenance : undefined
  }
  if (!step.run) return undefined
  for (const command of commandsOf(step)) {
    const { program, args } = programOf(command)
    if (!/^(?:docker|podman|buildah)$/.test(program)) continue
    const words = args.map((arg) => arg.text)
    const pushes =
      words[0] === 'push' ||
      (words[0] === 'image' && words[1] === 'push') ||
      (words[0] === 'buildx' &&
        words.includes('--push') &&
        !words.some((word) => /^--(?:provenance|sbom|attest)(?:=(?!false)|$)/.test(word)))
    if (pushes) return sourceRange(step.run, command.start, command.end)
  }
  return undefined
}

const SIGNERS =
  /^(?:sigstore\/(?:cosign-installer|gh-action-sigstore-python)|actions\/attest(?:-build-provenance|-sbom)?|slsa-framework\/slsa-github-generator|anchore\/sbom-action|notaryproject\/notation-action)(?:\/|$)/

function signs(workflow: Workflow): boolean {
  return workflow.jobs.some(
    (job) =>
      SIGNERS.test(job.uses?.action ?? '') ||
      job.steps.some(
        (step) =>
          SIGNERS.test(step.uses?.action ?? '') ||
          step.uses?.kind === 'local' ||
          /\b(?:cosign|notation)\s+(?:sign|attest)\b|\bgh\s+attestation\b|docker\s+trust\s+sign/.test(step.run?.value ?? ''),
      ),
  )
}
