import { Link } from 'react-router'
import { counted, duration } from '../../format/format.ts'
import { labelOf } from '../../model/names.ts'
import { FLAG_WORDS } from '../../model/words.ts'
import { Drawer } from '../../ui/Drawer.tsx'
import { Escaped, MachineText, Prose } from '../../ui/MachineText.tsx'
import { Offset } from '../../ui/time.tsx'
import { Chain, StepLink } from './Chain.tsx'
import { useRunView } from './view.ts'

/** Everything about one process: what it became, where, with which file, and where its deeds are listed. */
export function ProcessDrawer({ process: number, onClose }: { readonly process: number | undefined; readonly onClose: () => void }) {
  const view = useRunView()
  const process = number === undefined ? undefined : view.model.processes.get(number)
  return (
    <Drawer
      open={process !== undefined}
      title={
        process === undefined ? (
          ''
        ) : (
          <>
            Process <Escaped text={labelOf(process).slice(0, 80)} />
          </>
        )
      }
      onClose={onClose}
    >
      {process === undefined ? null : (
        <>
          <dl className="pairs">
            <dt>Chain</dt>
            <dd>
              <Chain process={process.number} last={12} />
            </dd>
            <dt>Step</dt>
            <dd>
              <StepLink number={process.step} />
            </dd>
            <dt>Time</dt>
            <dd>
              <Offset time={process.startedAt} start={view.start} />
              {process.endedAt === undefined ? ', still running when last seen' : `, for ${duration(process.endedAt - process.startedAt)}`}
            </dd>
            <dt>Ended</dt>
            <dd>
              {process.signal !== undefined && process.signal > 0
                ? `by signal ${process.signal}`
                : process.exitCode === undefined
                  ? 'not seen'
                  : `with exit code ${process.exitCode}`}
            </dd>
            <dt>Identity</dt>
            <dd>
              pid {process.pid}
              {process.uid === undefined ? '' : `, user id ${process.uid}${process.uid === 0 ? ' (root)' : ''}`}
            </dd>
            {[...process.flags].map((flag) => (
              <div key={flag} className="pairs-row">
                <dt>{flag}</dt>
                <dd>{FLAG_WORDS[flag] ?? ''}</dd>
              </div>
            ))}
          </dl>
          <h3>What it ran</h3>
          {process.execs.length === 0 ? <p className="muted">No program of its own: a copy of the process that started it.</p> : null}
          {process.execs.map((exec) => (
            <div key={exec.seq} className="exec">
              <pre className="argv" dir="ltr">
                {exec.argv.map((argument, index) => (
                  // eslint-disable-next-line react/no-array-index-key -- an argument is its place
                  <span key={index} className="argv-one">
                    <Escaped text={argument.slice(0, 8_192)} />
                    {'\n'}
                  </span>
                ))}
              </pre>
              <dl className="pairs">
                <dt>Program</dt>
                <dd>
                  <MachineText value={exec.exe} />
                </dd>
                {exec.event.cwd === undefined ? null : (
                  <>
                    <dt>Folder</dt>
                    <dd>
                      <MachineText value={exec.event.cwd} />
                    </dd>
                  </>
                )}
                {exec.event.sha256 === undefined ? null : (
                  <>
                    <dt>SHA-256</dt>
                    <dd>
                      <MachineText value={exec.event.sha256} />
                      {exec.event.hash === 'exact' || exec.event.hash === undefined ? null : (
                        <span className="muted"> ({exec.event.hash})</span>
                      )}
                    </dd>
                  </>
                )}
                {exec.event.injection === undefined || exec.event.injection.length === 0 ? null : (
                  <>
                    <dt>Code injected by</dt>
                    <dd>
                      <Prose text={exec.event.injection.join(', ')} />
                    </dd>
                  </>
                )}
              </dl>
            </div>
          ))}
          <h3>What it and its children did</h3>
          <ul className="deeds">
            <li>
              <Link to={view.link({ process: process.number, step: undefined, search: undefined }, 'network')} onClick={onClose}>
                Network: {counted(process.flows, 'connection')} of its own
              </Link>
            </li>
            <li>
              <Link to={view.link({ process: process.number, step: undefined, search: undefined }, 'files')} onClick={onClose}>
                Files: {counted(process.changes, 'change')}, {counted(process.secrets, 'secret read')} of its own
              </Link>
            </li>
            <li>
              <Link
                to={view.link({ process: process.number, step: undefined, search: undefined, view: undefined }, 'raw')}
                onClick={onClose}
              >
                All events
              </Link>
            </li>
          </ul>
        </>
      )}
    </Drawer>
  )
}
