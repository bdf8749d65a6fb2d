import { useEffect, useRef, useState } from 'react'
import { Escaped } from './MachineText.tsx'
import { announce } from './announce.ts'

interface Peek {
  readonly value: string
  readonly left: number
  readonly top: number
  readonly above: boolean
}

const DELAY_MS = 250
const SHOWN_MAX = 20_000

/**
 * One card for all machine values of the page: it shows the whole of the value under the pointer or the focus. Ten thousand rows
 * then need no tooltip of their own. `c` copies, Escape closes.
 */
export function PeekLayer() {
  const [peek, setPeek] = useState<Peek>()
  const current = useRef<Peek | undefined>(undefined)
  const card = useRef<HTMLDivElement>(null)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = (next: Peek | undefined): void => {
      current.current = next
      setPeek(next)
    }
    const open = (target: EventTarget | null, delay: number): void => {
      clearTimeout(timer)
      const element = target instanceof Element ? target.closest<HTMLElement>('[data-full]') : null
      if (element === null || !needsPeek(element)) {
        if (!(target instanceof Node && card.current?.contains(target) === true)) timer = setTimeout(() => show(undefined), 120)
        return
      }
      timer = setTimeout(() => show(peekOf(element)), delay)
    }
    const onOver = (event: PointerEvent): void => {
      if (event.pointerType === 'mouse') open(event.target, DELAY_MS)
    }
    const onFocus = (event: FocusEvent): void => {
      if (event.target instanceof Element && event.target.matches(':focus-visible')) open(event.target, 0)
    }
    const close = (): void => {
      clearTimeout(timer)
      if (current.current !== undefined) show(undefined)
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') close()
      const typing = event.target instanceof HTMLInputElement
      if (event.key === 'c' && !event.metaKey && !event.ctrlKey && !typing && current.current !== undefined)
        void copy(current.current.value)
    }
    const onClick = (event: MouseEvent): void => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-copy]') : null
      if (button?.dataset['full'] !== undefined) void copy(button.dataset['full'])
    }
    document.addEventListener('pointerover', onOver)
    document.addEventListener('focusin', onFocus)
    document.addEventListener('focusout', close)
    document.addEventListener('keydown', onKey)
    document.addEventListener('click', onClick)
    document.addEventListener('scroll', close, true)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('pointerover', onOver)
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('focusout', close)
      document.removeEventListener('keydown', onKey)
      document.removeEventListener('click', onClick)
      document.removeEventListener('scroll', close, true)
    }
  }, [])

  if (peek === undefined) return null
  const shown = peek.value.slice(0, SHOWN_MAX)
  return (
    <div
      ref={card}
      className="peek"
      // Screen readers have the whole value at its own place already.
      aria-hidden="true"
      style={{ left: peek.left, ...(peek.above ? { bottom: `calc(100dvh - ${peek.top}px)` } : { top: peek.top }) }}
    >
      <div className="peek-value" dir="ltr">
        <Escaped text={shown} />
        {peek.value.length > SHOWN_MAX ? '…' : ''}
      </div>
      <div className="peek-hint">
        <kbd>c</kbd> copy{peek.value.length > 200 ? ` · ${peek.value.length.toLocaleString('en')} characters` : ''}
      </div>
    </div>
  )
}

/** Something is hidden: the head is cut by the width, or the value was cut before it got here. */
function needsPeek(element: HTMLElement): boolean {
  const head = element.querySelector<HTMLElement>('.machine-head') ?? element
  return head.scrollWidth > head.clientWidth + 1 || (element.dataset['full']?.length ?? 0) > 200 || element.querySelector('.mark') !== null
}

function peekOf(element: HTMLElement): Peek {
  const box = element.getBoundingClientRect()
  const above = box.bottom > globalThis.innerHeight * 0.65
  return {
    value: element.dataset['full'] ?? '',
    left: Math.max(8, Math.min(box.left - 8, globalThis.innerWidth - Math.min(680, globalThis.innerWidth - 16) - 8)),
    top: above ? box.top - 4 : box.bottom + 4,
    above,
  }
}

async function copy(value: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(value)
    announce('Copied')
  } catch {
    announce('The browser did not allow copying')
  }
}
