import { eventAt } from '../../model/job-model.ts'
import { describe, FLAG_WORDS } from '../../model/words.ts'
import { Drawer } from '../../ui/Drawer.tsx'
import { Escaped } from '../../ui/MachineText.tsx'
import { Offset } from '../../ui/time.tsx'
import { Chain, StepLink } from './Chain.tsx'
import { useRunView } from './view.ts'
import { Words } from './Words.tsx'

/** One event whole: in words, who did it, and the record as it was received. */
export function EventDrawer({ seq, onClose }: { readonly seq: number | undefined; readonly onClose: () => void }) {
  const view = useRunView()
  const event = seq === undefined ? undefined : eventAt(view.model, seq)
  return (
    <Drawer open={event !== undefined} title={event === undefined ? '' : `Event ${event.seq}`} onClose={onClose}>
      {event === undefined ? null : (
        <>
          <p className="drawer-lead">
            <Words sentence={describe(event)} />
          </p>
          <dl className="pairs">
            <dt>When</dt>
            <dd>
              <Offset time={event.time} start={view.start} />
            </dd>
            <dt>Step</dt>
            <dd>
              <StepLink number={event.step} />
            </dd>
            <dt>Who</dt>
            <dd>
              <Chain process={event.process} last={12} />
            </dd>
            {event.confidence === undefined ? null : (
              <>
                <dt>Attribution</dt>
                <dd>{Math.round(event.confidence * 100)} % sure</dd>
              </>
            )}
            {(event.flags ?? []).map((flag) => (
              <div key={flag} className="pairs-row">
                <dt>{flag}</dt>
                <dd>{FLAG_WORDS[flag] ?? ''}</dd>
              </div>
            ))}
          </dl>
          {/* Scrolls by itself, so it must be reachable by keyboard. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region */}
          <pre className="json" dir="ltr" tabIndex={0} aria-label="The event as JSON">
            {JSON.stringify(event, undefined, 2)
              .split('\n')
              .map((line, index) => (
                // eslint-disable-next-line react/no-array-index-key -- lines of one text
                <span key={index}>
                  <Escaped text={line} />
                  {'\n'}
                </span>
              ))}
          </pre>
        </>
      )}
    </Drawer>
  )
}
