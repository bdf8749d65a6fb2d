import { Fragment } from 'react'
import type { Sentence } from '../../model/words.ts'
import { MachineText } from '../../ui/MachineText.tsx'
import { useRunView } from './view.ts'

/** A sentence whose values are doors: a click shows everything of this run that has the same value. */
export function Words({ sentence }: { readonly sentence: Sentence }) {
  const view = useRunView()
  return sentence.map((part, index) => (
    // eslint-disable-next-line react/no-array-index-key -- the parts of one sentence never move
    <Fragment key={index}>
      {typeof part === 'string' ? (
        part
      ) : part.door === undefined ? (
        <MachineText value={part.value} />
      ) : (
        <MachineText
          value={part.value}
          to={view.link({ search: part.value.slice(0, 200), step: undefined, process: undefined }, view.tab === 'story' ? 'raw' : view.tab)}
        />
      )}
    </Fragment>
  ))
}
