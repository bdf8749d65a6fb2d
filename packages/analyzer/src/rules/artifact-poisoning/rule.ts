import { describeHoldings, explainExposure, isPrivileged, reachOf, stepExposures, worst } from '../../flow/exposure.ts'
import { bringsForeignFiles } from '../../flow/javascript.ts'
import { executionIn } from '../../flow/untrusted-code.ts'
import { fileOf, input, later, type Step } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'

export const artifactPoisoning = defineRule({
  id: 'artifact-poisoning',
  title: 'Files of an untrusted run are trusted',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['B5', 'B6'],
  cwe: ['CWE-829', 'CWE-22'],
  cicd: ['CICD-SEC-4', 'CICD-SEC-9'],
  fix: 'none',

  *step(step) {
    if (!bringsForeignFiles(step)) return
    const exposures = stepExposures(step).filter(
      (exposure) =>
        exposure.event === 'workflow_run' ||
        exposure.event === 'unknown' ||
        exposure.event === 'issue_comment' ||
        exposure.event === 'pull_request_target',
    )
    const found = worst(exposures)
    if (!found) return
    const reach = reachOf(found.exposure)
    const at = step.uses?.node ?? step.run
    if (!at) return
    const folder = folderOf(step)
    const outside = /^(?:\/tmp|\$\{\{\s*runner\.temp|\$RUNNER_TEMP|\/)/.test(folder)
    const execution = later(step)
      .map((other) => executionIn(other))
      .find((one) => one !== undefined)
    if (outside && !execution) return
    // In a folder of its own it replaces nothing; only what is run from there, or a path that leads out of it, does harm.
    const apart = outside || (folder !== '' && execution !== undefined && !execution.what.includes(folder.replace(/^\.\//, '')))
    const severe = found.exposure.event === 'workflow_run' && isPrivileged(found.exposure) && reach === 'open'
    const holds = describeHoldings(found.exposure.holds)
    if (execution) {
      yield {
        at,
        severity: apart ? 'low' : severe ? 'high' : 'medium',
        confidence: apart ? 'low' : 'medium',
        level: reach === 'guarded' || apart ? 'strict' : 'default',
        message: `The artifact may come from an outsider’s run; unpacked ${folder === '' ? 'over the workspace' : `into \`${folder}\``} it can replace what ${execution.what} runs, in a job that holds ${holds}.`,
        trace: [
          ...explainExposure(found.exposure),
          { role: 'path', message: 'files of another run are unpacked', file: fileOf(step), range: step.with.node ?? at },
          { role: 'sink', message: `${execution.what} may run them`, file: fileOf(step), range: execution.at },
        ],
      }
    } else if (!outside) {
      yield {
        at,
        severity: 'low',
        confidence: 'low',
        level: 'strict',
        message: `The artifact may come from an outsider’s run and is unpacked inside the workspace, in a job that holds ${holds}.`,
        trace: [
          ...explainExposure(found.exposure),
          {
            role: 'sink',
            message: 'files of another run are unpacked',
            file: fileOf(step),
            range: step.with.entries.get('run-id')?.key ?? step.with.entries.get('run_id')?.key ?? at,
          },
        ],
      }
    }
  },
})

/** Where the files are put; empty for the workspace. */
function folderOf(step: Step): string {
  const path =
    input(step.with, 'path')?.value ??
    (step.run ? (/(?:gh\s+run\s+download[^\n]*(?:-D|--dir)[\s=]+|unzip\s[^\n]*-d\s+)["']?([^\s"']+)/.exec(step.run.value)?.[1] ?? '') : '')
  return path === '.' || path === './' ? '' : path
}
