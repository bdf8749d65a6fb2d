import { Fragment } from 'react'
import { Link } from 'react-router'
import type { Process } from '../../model/job-model.ts'
import { chainOf } from '../../model/job-model.ts'
import { labelOf } from '../../model/names.ts'
import { stepName } from '../../model/words.ts'
import { Escaped, Prose } from '../../ui/MachineText.tsx'
import { useRunView } from './view.ts'

/** Who did it: the process and those that started it, the oldest first. Each leads to what it and its children did. */
export function Chain({ process, last = 6 }: { readonly process: number; readonly last?: number }) {
  const { model } = useRunView()
  const chain = chainOf(model, process)
  if (chain.length === 0) return <span className="muted">unknown process</span>
  const shown = chain.slice(-last)
  return (
    <span className="chain">
      {chain.length > shown.length ? <span className="muted">… › </span> : null}
      {shown.map((each, index) => (
        <Fragment key={each.number}>
          {index === 0 ? null : (
            <span className="chain-arrow" aria-hidden="true">
              ›
            </span>
          )}
          <ProcessLink process={each} strong={index === shown.length - 1} />
        </Fragment>
      ))}
    </span>
  )
}

function ProcessLink({ process, strong }: { readonly process: Process; readonly strong: boolean }) {
  const view = useRunView()
  return (
    <Link
      to={view.link({ process: process.number, search: undefined, step: undefined }, 'processes')}
      className={strong ? 'chain-link chain-last' : 'chain-link'}
    >
      <Escaped text={labelOf(process).slice(0, 60)} />
    </Link>
  )
}

/** The step something belongs to, as a link that filters by it. */
export function StepLink({ number }: { readonly number: number }) {
  const view = useRunView()
  return (
    <Link to={view.link({ step: number })} className="step-link clip">
      <Prose text={stepName(view.steps.get(number), number).slice(0, 120)} />
    </Link>
  )
}
