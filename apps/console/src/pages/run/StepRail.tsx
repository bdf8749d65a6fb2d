import type { Finding, Severity, Step } from '@gatehouse/schema'
import { CircleX, LoaderCircle, Pin, PinOff } from 'lucide-react'
import { useMemo } from 'react'
import { Link } from 'react-router'
import { count, duration, offset, shortCount } from '../../format/format.ts'
import { actionText, isPinned, stepName } from '../../model/words.ts'
import { FindingsBadge } from '../../ui/badges.tsx'
import { MachineText, Prose } from '../../ui/MachineText.tsx'
import { visible } from '../../text/escape.ts'
import { useRunView } from './view.ts'

const ORDER: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']

interface Entry {
  readonly number: number
  readonly step: Step | undefined
  readonly findings: readonly Finding[]
}

/** The steps, top to bottom in time; choosing one filters every tab. On narrow screens one list to choose from. */
export function StepRail() {
  const view = useRunView()
  const { job, model, version } = view
  const entries = useMemo((): readonly Entry[] => {
    const numbers = new Set(job.steps.map((step) => step.number))
    for (const number of model.steps.keys()) numbers.add(number)
    return [...numbers]
      .sort((a, b) => a - b)
      .map((number) => ({
        number,
        step: view.steps.get(number),
        findings: job.findings.filter((finding) => finding.step === number),
      }))
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place; its version says when
  }, [job, model, version, view.steps])
  const inSteps = entries.filter((entry) => entry.number !== 0)
  const outside = entries.find((entry) => entry.number === 0)

  return (
    <aside className="rail" aria-label="Steps">
      <label className="rail-select">
        <span className="sr-only">Step</span>
        <select
          value={view.selection.step ?? ''}
          onChange={(event) => view.select({ step: event.currentTarget.value === '' ? undefined : Number(event.currentTarget.value) })}
        >
          <option value="">All steps</option>
          {entries.map(({ number, step, findings }) => (
            <option key={number} value={number}>
              {number === 0 ? '' : `${number}. `}
              {visible(stepName(step, number)).slice(0, 80)}
              {findings.length === 0 ? '' : ` (${count(findings.length)} findings)`}
            </option>
          ))}
        </select>
      </label>
      <div className="rail-list">
        <h2 className="rail-title">Steps</h2>
        <Link to={view.link({ step: undefined })} replace className="rail-all" {...current(view.selection.step === undefined)}>
          All steps
        </Link>
        <ol>
          {inSteps.map((entry) => (
            <li key={entry.number}>
              <StepLink entry={entry} />
            </li>
          ))}
        </ol>
        {outside === undefined ? null : (
          <Link to={view.link({ step: 0 })} replace className="rail-all" {...current(view.selection.step === 0)}>
            Outside any step
          </Link>
        )}
      </div>
    </aside>
  )
}

function StepLink({ entry: { number, step, findings } }: { readonly entry: Entry }) {
  const view = useRunView()
  const totals = view.model.steps.get(number)
  const action = step === undefined ? undefined : actionText(step)
  const worst = ORDER[Math.max(-1, ...findings.map((finding) => ORDER.indexOf(finding.severity)))]
  return (
    <Link to={view.link({ step: number })} replace className="step" {...current(view.selection.step === number)}>
      <span className="step-line">
        <span className="step-number" aria-hidden="true">
          {number}
        </span>
        <span className="step-name">
          <Prose text={stepName(step, number).slice(0, 200)} />
        </span>
        <FindingsBadge findings={findings.length} severity={worst} />
      </span>
      {action === undefined || step === undefined ? null : (
        <span
          className="step-action"
          title={isPinned(step) ? 'Pinned to a commit' : 'Not pinned: whoever can move the tag or branch decides what runs'}
        >
          <span className="sr-only">{isPinned(step) ? 'pinned ' : 'not pinned '}</span>
          {isPinned(step) ? <Pin size={12} aria-hidden="true" /> : <PinOff size={12} aria-hidden="true" className="tone-text-medium" />}
          <MachineText value={action} quiet />
        </span>
      )}
      <span className="step-facts">
        {step === undefined ? null : (
          <span>
            {offset(step.startedAt, view.start)}
            {' · '}
            {step.finishedAt === undefined ? 'running' : duration(step.finishedAt - step.startedAt)}
          </span>
        )}
        {totals === undefined ? null : (
          <span>
            {shortCount(totals.processes)} proc · {shortCount(totals.flows)} net · {shortCount(totals.changes)} files
          </span>
        )}
        {step?.finishedAt === undefined && view.job.summary.state === 'running' ? (
          <LoaderCircle size={12} className="spin" aria-hidden="true" />
        ) : null}
        {step?.exitCode !== undefined && step.exitCode !== 0 ? (
          <span className="tone-text-high">
            <CircleX size={12} aria-hidden="true" /> exit {step.exitCode}
          </span>
        ) : null}
        {step !== undefined && step.confidence < 1 ? (
          <span title="How sure it is which step did it">{Math.round(step.confidence * 100)} % sure</span>
        ) : null}
      </span>
    </Link>
  )
}

function current(is: boolean): { readonly 'aria-current'?: 'true' } {
  return is ? { 'aria-current': 'true' } : {}
}
