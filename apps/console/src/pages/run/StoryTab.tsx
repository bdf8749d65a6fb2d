import type { Finding } from '@gatehouse/schema'
import { ShieldCheck, Wrench } from 'lucide-react'
import { useMemo } from 'react'
import { Link } from 'react-router'
import { count } from '../../format/format.ts'
import { type Chapter, story, type StoryFinding, type StoryMoment } from '../../model/story.ts'
import { actionText, describe, stepName, took } from '../../model/words.ts'
import { SeverityBadge, Tag } from '../../ui/badges.tsx'
import { MachineText, Prose } from '../../ui/MachineText.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Offset } from '../../ui/time.tsx'
import { Chain } from './Chain.tsx'
import { useRunView } from './view.ts'
import { Words } from './Words.tsx'

/** What happened, in words and in order; every claim with its proof under it. */
export function StoryTab() {
  const view = useRunView()
  const { job, model, version, filter } = view
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place; its version says when
  const chapters = useMemo(() => story(job, model), [job, model, version])
  const shown = chapters.filter((chapter) => filter.step === undefined || chapter.number === filter.step)

  if (shown.length === 0) {
    return (
      <EmptyState title="Nothing was recorded" icon={<ShieldCheck size={24} aria-hidden="true" />}>
        <p>
          {job.summary.job.capture.mode === 'none'
            ? 'No sensor watched this job; the reasons are above.'
            : 'The story begins with the job’s first process.'}
        </p>
      </EmptyState>
    )
  }
  return (
    <div className="story">
      {shown.map((chapter) => (
        <ChapterView key={chapter.number} chapter={chapter} />
      ))}
    </div>
  )
}

function ChapterView({ chapter }: { readonly chapter: Chapter }) {
  const view = useRunView()
  const { from, to } = view.filter
  const step = chapter.step
  const action = step === undefined ? undefined : actionText(step)
  const items = chapter.items.filter((item) => (from === undefined || item.time >= from) && (to === undefined || item.time < to))
  const id = `step-${chapter.number}`
  return (
    <section className="chapter" aria-labelledby={id}>
      <div className="chapter-head">
        <h2 id={id}>
          <Prose text={stepName(step, chapter.number).slice(0, 300)} />
        </h2>
        {action === undefined || action === stepName(step, chapter.number) ? null : <MachineText value={action} quiet className="muted" />}
        {step === undefined ? null : (
          <span className="muted chapter-time">
            <Offset time={step.startedAt} start={view.start} /> · {took(step.startedAt, step.finishedAt)}
          </span>
        )}
      </div>
      <p className="digest">
        <Words sentence={chapter.digest} />
      </p>
      {items.length === 0 ? null : (
        <ol className="items">
          {items.map((item) =>
            item.kind === 'finding' ? <FindingCard key={item.finding.id} item={item} /> : <Moment key={`e${item.event.seq}`} item={item} />,
          )}
        </ol>
      )}
      {chapter.omitted === 0 ? null : (
        <p className="note">
          <Link to={view.link({ step: chapter.number }, 'raw')}>{count(chapter.omitted)} more like these</Link>
        </p>
      )}
    </section>
  )
}

function FindingCard({ item }: { readonly item: StoryFinding }) {
  const view = useRunView()
  const { finding } = item
  return (
    <li className={`finding edge-${finding.severity}`}>
      <article aria-labelledby={`finding-${finding.id}`}>
        <div className="finding-head">
          <SeverityBadge severity={finding.severity} />
          <h3 id={`finding-${finding.id}`}>
            <Prose text={finding.title} />
          </h3>
          <Offset time={finding.time} start={view.start} />
        </div>
        <p className="finding-message">
          <Prose text={finding.message} />
        </p>
        <dl className="proof">
          <dt>Who</dt>
          <dd>
            <Chain process={finding.process} last={8} />
          </dd>
          {item.evidence.length === 0 ? null : (
            <>
              <dt>Seen</dt>
              <dd>
                <ol className="seen">
                  {item.evidence.map((event) => (
                    <li key={event.seq}>
                      <button
                        type="button"
                        className="seq"
                        onClick={() => view.openEvent(event.seq)}
                        aria-label={`Event ${event.seq}, show all of it`}
                      >
                        {event.seq}
                      </button>
                      <span>
                        <Words sentence={describe(event)} />
                      </span>
                    </li>
                  ))}
                </ol>
              </dd>
            </>
          )}
          <dt>Facts</dt>
          <dd>
            <Facts finding={finding} />
          </dd>
        </dl>
        {finding.remedy === undefined ? null : (
          <p className="remedy">
            <Wrench size={14} aria-hidden="true" />
            <span>
              <strong>What to do: </strong>
              <Prose text={finding.remedy} />
            </span>
          </p>
        )}
        <p className="finding-foot muted">
          {finding.confidence} confidence · <code>{finding.detection}</code>
          {[...finding.catalogue, ...finding.attack].map((id) => (
            <Tag key={id}>{id}</Tag>
          ))}
        </p>
      </article>
    </li>
  )
}

function Facts({ finding }: { readonly finding: Finding }) {
  return (
    <ul className="evidence">
      {Object.entries(finding.evidence).map(([key, value]) => (
        <li key={key}>
          <span className="muted">
            <Prose text={key.slice(0, 64)} />
          </span>{' '}
          <MachineText value={typeof value === 'number' ? count(value) : String(value)} />
        </li>
      ))}
    </ul>
  )
}

function Moment({ item }: { readonly item: StoryMoment }) {
  const view = useRunView()
  return (
    <li className="moment">
      <Offset time={item.time} start={view.start} />
      <div>
        <p>
          <Words sentence={item.text} />
        </p>
        <Chain process={item.event.process} last={4} />
      </div>
      <button
        type="button"
        className="seq"
        onClick={() => view.openEvent(item.event.seq)}
        aria-label={`Event ${item.event.seq}, show all of it`}
      >
        {item.event.seq}
      </button>
    </li>
  )
}
