import { ChevronRight, CircleAlert, CircleCheck, GitBranch, GitCommitHorizontal, Server, TriangleAlert, User } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { commandLine, duration, refName, shortHash } from '../../format/format.ts'
import { answer, type Tone } from '../../model/answer.ts'
import { path } from '../../path.ts'
import { FindingsBadge, RecordBadge, StateBadge, Tag } from '../../ui/badges.tsx'
import { MachineText, Prose } from '../../ui/MachineText.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { useRunView } from './view.ts'

const TONE_ICONS: Readonly<Record<Tone, ReactNode>> = {
  bad: <TriangleAlert size={18} aria-hidden="true" />,
  warn: <CircleAlert size={18} aria-hidden="true" />,
  good: <CircleCheck size={18} aria-hidden="true" />,
  neutral: <CircleCheck size={18} aria-hidden="true" />,
}

/** Who, what, where, and first of all: what is true now. */
export function RunHeader() {
  const view = useRunView()
  const { run, jobs } = view.run
  const { job } = view.job.summary
  const reply = answer(view.run)
  const name = run.run.repository

  return (
    <header className="run-head">
      <nav aria-label="Where you are" className="crumbs">
        <Link to={path.runs()}>Runs</Link>
        <ChevronRight size={12} aria-hidden="true" />
        {run.run.workflow === undefined ? <span>Command</span> : <Prose text={run.run.workflow} />}
      </nav>
      <div className="run-title">
        <h1>
          {name === undefined ? (
            <code className="run-command">
              <Prose text={job.command === undefined ? job.name : commandLine(job.command)} />
            </code>
          ) : (
            <Link to={path.runs({ search: name })}>
              <Prose text={name} />
            </Link>
          )}
          {run.run.number === undefined ? null : <span className="muted run-number"> #{run.run.number}</span>}
        </h1>
        <StateBadge run={run} />
        <RecordBadge run={run} />
        {run.replayed ? <Tag title="A recording that was played back, not a live capture">replayed</Tag> : null}
        {run.captureMode === 'degraded' ? <Tag title="The sensor could not do everything">degraded capture</Tag> : null}
      </div>
      <ul className="facts">
        {run.run.ref === undefined ? null : (
          <Fact icon={<GitBranch size={14} aria-hidden="true" />} label="Branch">
            <MachineText value={refName(run.run.ref)} quiet />
          </Fact>
        )}
        {run.run.sha === undefined ? null : (
          <Fact icon={<GitCommitHorizontal size={14} aria-hidden="true" />} label="Commit">
            <MachineText value={shortHash(run.run.sha)} />
          </Fact>
        )}
        {run.run.actor === undefined ? null : (
          <Fact icon={<User size={14} aria-hidden="true" />} label="Actor">
            <Link to={path.runs({ search: run.run.actor })}>
              <Prose text={run.run.actor} />
            </Link>
            {run.run.event === undefined ? null : <span className="muted"> by {run.run.event}</span>}
          </Fact>
        )}
        <Fact icon={<Server size={14} aria-hidden="true" />} label="Runner">
          <Prose text={job.runner.name} />
          <span className="muted">
            {' '}
            <Prose text={`${job.runner.os}, ${job.runner.arch}`} />
          </span>
        </Fact>
        <li>
          <TimeAgo time={run.startedAt} />
          {run.finishedAt === undefined ? null : <span className="muted"> · took {duration(run.finishedAt - run.startedAt)}</span>}
        </li>
      </ul>
      <section aria-label="In short" className={`answer answer-${reply.tone}`}>
        {TONE_ICONS[reply.tone]}
        <div>
          <p className="answer-text">
            <Prose text={reply.text} />
          </p>
          {reply.doubts.length === 0 ? null : (
            <ul className="doubts">
              {reply.doubts.map((doubt) => (
                <li key={doubt}>
                  <Prose text={doubt} />
                </li>
              ))}
            </ul>
          )}
        </div>
      </section>
      {jobs.length < 2 ? null : (
        <nav aria-label="Jobs of this run" className="jobs">
          {view.run.jobs.map(({ summary }) => (
            <Link
              key={summary.job.id}
              to={view.link({ job: summary.job.id, step: undefined, process: undefined, from: undefined, to: undefined })}
              className="job"
              {...(summary.job.id === job.id ? { 'aria-current': 'true' as const } : {})}
            >
              <Prose text={summary.job.name} />
              <FindingsBadge findings={summary.counts.findings} severity={summary.severity} />
            </Link>
          ))}
        </nav>
      )}
    </header>
  )
}

function Fact({ icon, label, children }: { readonly icon: ReactNode; readonly label: string; readonly children: ReactNode }) {
  return (
    <li title={label}>
      {icon}
      <span className="sr-only">{label}: </span>
      {children}
    </li>
  )
}
