import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { type RefObject, useLayoutEffect, useState } from 'react'

export interface Rows {
  readonly items: readonly VirtualItem[]
  /** Pixels of rows before and after the ones rendered. */
  readonly before: number
  readonly after: number
  readonly scrollTo: (index: number) => void
}

/**
 * The rows of a long list that are on the screen. The page scrolls as one (`#main`), the list does not scroll by itself, so its
 * distance from the top of the page is part of the reckoning.
 */
export function useRows(list: RefObject<HTMLElement | null>, count: number, height: number, overscan = 12): Rows {
  const [margin, setMargin] = useState(0)
  // After every render: anything above the list may have changed its height. Ends by itself, since an unchanged margin is kept.
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- see above
  useLayoutEffect(() => {
    const scroller = scrollElement()
    if (list.current === null || scroller === null) return
    const next = Math.round(list.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop)
    setMargin((known) => (Math.abs(known - next) > 1 ? next : known))
  })
  // oxlint-disable-next-line react/incompatible-library -- the React compiler is not used here
  const virtualizer = useVirtualizer({
    count,
    estimateSize: () => height,
    getScrollElement: scrollElement,
    overscan,
    scrollMargin: margin,
    // Header and tab bar cover the top of the page.
    scrollPaddingStart: 96,
    scrollPaddingEnd: 32,
  })
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, height])
  const items = virtualizer.getVirtualItems()
  const first = items[0]
  const last = items.at(-1)
  return {
    items,
    before: first === undefined ? 0 : first.start - margin,
    after: last === undefined ? 0 : virtualizer.getTotalSize() - (last.end - margin),
    scrollTo: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
  }
}

function scrollElement(): HTMLElement | null {
  return document.getElementById('main')
}
