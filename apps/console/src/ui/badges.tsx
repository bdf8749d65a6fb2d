/* Judgements, each as a word with an icon: colour alone says nothing to many people. */
import type { RunSummary, Severity, Verdict } from '@gatehouse/schema'
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleX,
  Info,
  LoaderCircle,
  OctagonAlert,
  ShieldAlert,
  ShieldCheck,
  ShieldOff,
  ShieldQuestionMark,
  TriangleAlert,
  Unplug,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { count } from '../format/format.ts'

const ICON = { size: 14, strokeWidth: 2, 'aria-hidden': true } as const

const SEVERITY_ICONS = {
  critical: <OctagonAlert {...ICON} />,
  high: <TriangleAlert {...ICON} />,
  medium: <CircleAlert {...ICON} />,
  low: <Info {...ICON} />,
  info: <Info {...ICON} />,
} as const satisfies Record<Severity, ReactNode>

export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  return (
    <span className={`badge tone-${severity}`}>
      {SEVERITY_ICONS[severity]}
      {severity}
    </span>
  )
}

export interface FindingsBadgeProps {
  readonly findings: number
  /** The worst of them. */
  readonly severity?: Severity | undefined
  /** Writes the severity out, where there is room. */
  readonly named?: boolean
}

/** Number of findings under their worst severity; nothing at all when there are none, which is the usual day. */
export function FindingsBadge({ findings, severity, named = false }: FindingsBadgeProps) {
  if (findings === 0) return <span className="sr-only">no findings</span>
  const worst = severity ?? 'info'
  return (
    <span className={`badge tone-${worst}`} title={`${count(findings)} findings, the worst ${worst}`}>
      {SEVERITY_ICONS[worst]}
      {count(findings)}
      {named ? ` ${worst}` : <span className="sr-only"> findings, the worst {worst}</span>}
    </span>
  )
}

/** How the run itself is doing; says nothing about what it did. */
export function StateBadge({ run }: { readonly run: Pick<RunSummary, 'state' | 'exitCode'> }) {
  if (run.state === 'running') {
    return (
      <span className="state state-running">
        <LoaderCircle {...ICON} className="spin" />
        Running
      </span>
    )
  }
  if (run.state === 'lost') {
    return (
      <span className="state state-lost">
        <Unplug {...ICON} />
        Agent silent
      </span>
    )
  }
  if ((run.exitCode ?? 0) !== 0) {
    return (
      <span className="state state-failed">
        <CircleX {...ICON} />
        Failed ({run.exitCode})
      </span>
    )
  }
  return (
    <span className="state state-passed">
      <CircleCheck {...ICON} />
      Passed
    </span>
  )
}

const VERDICTS = {
  complete: { icon: <ShieldCheck {...ICON} />, word: 'Complete', means: 'Everything the job did was recorded.' },
  degraded: { icon: <ShieldAlert {...ICON} />, word: 'Gaps', means: 'Part of what the job did is missing from the record.' },
  tampered: { icon: <ShieldOff {...ICON} />, word: 'Tampered', means: 'Something interfered with the sensor.' },
} as const satisfies Record<Verdict, { icon: ReactNode; word: string; means: string }>

/** Whether the record can be relied on. */
export function RecordBadge({ run }: { readonly run: Pick<RunSummary, 'verdict' | 'captureMode' | 'state'> }) {
  if (run.captureMode === 'none') {
    return (
      <span className="state record-none" title="No sensor watched this run.">
        <ShieldQuestionMark {...ICON} />
        Not watched
      </span>
    )
  }
  if (run.verdict === undefined) {
    return (
      <span className="state record-open" title="Decided when the run has ended.">
        <CircleDashed {...ICON} />
        {run.state === 'lost' ? 'Cut off' : 'Recording'}
      </span>
    )
  }
  const verdict = VERDICTS[run.verdict]
  return (
    <span className={`state record-${run.verdict}`} title={verdict.means}>
      {verdict.icon}
      {verdict.word}
    </span>
  )
}

/** What the policy decided about a flow. */
export function PolicyVerdict({ verdict }: { readonly verdict: 'observed' | 'allowed' | 'blocked' | 'would-block' }) {
  if (verdict === 'observed') return <span className="muted">Observed</span>
  if (verdict === 'allowed') return <span className="state state-passed">Allowed</span>
  return (
    <span className="state state-failed">
      <Ban {...ICON} />
      {verdict === 'blocked' ? 'Blocked' : 'Would block'}
    </span>
  )
}

export function Tag({ children, title }: { readonly children: ReactNode; readonly title?: string }) {
  return (
    <span className="tag" title={title}>
      {children}
    </span>
  )
}
