import { useEffect, useRef } from 'react'

/** Keys to what they do. A sequence is written with a space: `g r`. */
export type Hotkeys = Readonly<Record<string, () => void>>

const SEQUENCE_MS = 900

/**
 * Keys of a page. They rest while somebody types, while a dialog or menu is open, and with any modifier, which belongs to the browser
 * and to assistive technology.
 */
export function useHotkeys(keys: Hotkeys): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    let first: { readonly key: string; readonly at: number } | undefined
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (document.querySelector('[role="dialog"], [role="menu"]') !== null) return
      const now = performance.now()
      const sequence = first !== undefined && now - first.at < SEQUENCE_MS ? `${first.key} ${event.key}` : event.key
      const action = latest.current[sequence] ?? latest.current[event.key]
      first = { key: event.key, at: now }
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}
