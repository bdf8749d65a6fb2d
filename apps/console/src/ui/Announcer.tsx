import { useEffect, useState } from 'react'
import { onAnnounce } from './announce.ts'

/** Shows and speaks what `announce` was given. Rendered once, always there, so that assistive technology watches it from the start. */
export function Announcer() {
  const [message, setMessage] = useState('')
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = onAnnounce((next) => {
      clearTimeout(timer)
      setMessage(next)
      timer = setTimeout(() => setMessage(''), 2_500)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [])
  return (
    <output className={message === '' ? 'notice notice-empty' : 'notice'} aria-live="polite">
      {message}
    </output>
  )
}
