import { useEffect } from 'react'
import { visible } from '../text/escape.ts'

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${visible(title)} · Gatehouse`
  }, [title])
}
