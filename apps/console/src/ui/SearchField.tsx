import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useHotkeys } from './hotkeys.ts'

const SETTLE_MS = 200

/** Filters what is below it: `/` goes there, Escape empties it. The value settles before it is handed on, as it ends up in the address. */
export function SearchField({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}) {
  const [text, setText] = useState(value)
  const handed = useRef(value)
  const input = useRef<HTMLInputElement>(null)
  useHotkeys({ '/': () => input.current?.focus() })

  // The address may change by other means: a link, the back button.
  useEffect(() => {
    if (value === handed.current) return
    handed.current = value
    setText(value)
  }, [value])

  useEffect(() => {
    if (text === handed.current) return undefined
    const timer = setTimeout(() => {
      handed.current = text
      onChange(text)
    }, SETTLE_MS)
    return () => clearTimeout(timer)
  }, [text, onChange])

  return (
    <div className="search">
      <Search size={14} aria-hidden="true" />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          setText('')
          event.currentTarget.blur()
        }}
      />
      {text === '' ? (
        <kbd aria-hidden="true">/</kbd>
      ) : (
        <button type="button" className="search-clear" aria-label="Clear the filter" onClick={() => setText('')}>
          <X size={14} aria-hidden="true" />
        </button>
      )}
    </div>
  )
}
