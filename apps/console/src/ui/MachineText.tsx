import { Link } from 'react-router'
import { cutMiddle, isDeceptive, segments } from '../text/escape.ts'

/** Characters of the end that stay visible when the line is too short: a file name, an address, a digest's tail. */
const TAIL = 14

/** No line is this long; what is longer is cut before it reaches the page, and whole in the peek card. */
const SHOWN_MAX = 600

/** Shorter values fit everywhere and need neither a tab stop nor a peek. */
const SHORT = 24

export interface MachineTextProps {
  /** Anything at all: it is treated as hostile. */
  readonly value: string
  /** Where a click leads; without it a long value is a button that copies itself. */
  readonly to?: string
  /** Leaves out the tab stop where the surrounding row shows the whole value by other means. */
  readonly quiet?: boolean
  readonly className?: string
}

/**
 * A value that a machine wrote: monospace, never wrapped, its middle cut by the width that is there, control and bidirectional
 * characters shown by name. The peek card (PeekLayer) shows the whole on hover and focus.
 */
export function MachineText({ value, to, quiet = false, className = '' }: MachineTextProps) {
  const cut = cutMiddle(value, SHOWN_MAX, Math.min(TAIL, Math.floor(value.length / 2)))
  const long = value.length > SHORT || isDeceptive(value)
  const content = long ? (
    <>
      <span className="machine-head">
        <Escaped text={cut.omitted > 0 ? `${cut.head}…` : cut.head} />
      </span>
      <span className="machine-tail">
        <Escaped text={cut.tail} />
      </span>
    </>
  ) : (
    <Escaped text={value} />
  )
  const classes = `machine ${long ? 'machine-long' : ''} ${className}`
  const peek = long ? { 'data-full': value } : {}
  if (to !== undefined) {
    return (
      <Link to={to} className={`${classes} machine-door`} dir="ltr" {...peek}>
        {content}
      </Link>
    )
  }
  if (long && !quiet) {
    return (
      <button type="button" className={classes} dir="ltr" data-copy="" {...peek}>
        <span className="sr-only">Copy </span>
        {content}
      </button>
    )
  }
  return (
    <span className={classes} dir="ltr" {...peek}>
      {content}
    </span>
  )
}

/** Text with its deceptive characters shown by name; for places that wrap, such as messages and the peek card. */
export function Escaped({ text }: { readonly text: string }) {
  return segments(text).map((segment, index) =>
    'mark' in segment ? (
      // eslint-disable-next-line react/no-array-index-key -- the pieces of one string never move
      <span key={index} className="mark" title={segment.name}>
        {segment.mark}
      </span>
    ) : (
      segment.text
    ),
  )
}

/** Words from outside that are not a machine's value: titles, messages, notes. What stands between backticks is set as code. */
export function Prose({ text }: { readonly text: string }) {
  const pieces = text.split('`')
  // An odd number of backticks is no markup.
  if (pieces.length < 3 || pieces.length % 2 === 0)
    return (
      <bdi>
        <Escaped text={text} />
      </bdi>
    )
  return (
    <bdi>
      {pieces.map((piece, index) =>
        index % 2 === 0 ? (
          // eslint-disable-next-line react/no-array-index-key -- the pieces of one text never move
          <Escaped key={index} text={piece} />
        ) : (
          // eslint-disable-next-line react/no-array-index-key -- as above
          <code key={index} className="code">
            <Escaped text={piece} />
          </code>
        ),
      )}
    </bdi>
  )
}
