import { useEffect, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { signIn } from '../api/queries.ts'
import { safeReturn } from '../path.ts'
import { Logo } from '../ui/Logo.tsx'
import { Prose } from '../ui/MachineText.tsx'
import { useTitle } from '../ui/useTitle.ts'

/**
 * Takes the one-time code out of the address at once: it must not stay in the history, nor be seen over a shoulder. It travels behind
 * the `#`, so it was in no log. Read once per page load, since it is good for one use.
 */
let code: string | null | undefined

function takeCode(): string | null {
  const found = new URLSearchParams(globalThis.location.hash.slice(1)).get('code')
  if (found !== null) {
    code = found
    globalThis.history.replaceState(globalThis.history.state, '', globalThis.location.pathname + globalThis.location.search)
  }
  const taken = code ?? null
  code = undefined
  return taken
}

type Phase = { readonly is: 'idle' } | { readonly is: 'trying' } | { readonly is: 'failed'; readonly why: string }

export function Component() {
  useTitle('Sign in')
  const navigate = useNavigate()
  const [query] = useSearchParams()
  const after = safeReturn(query.get('after'))
  const [phase, setPhase] = useState<Phase>({ is: 'idle' })

  useEffect(() => {
    const taken = takeCode()
    if (taken === null) return
    // oxlint-disable-next-line react/set-state-in-effect -- once per page load, and the effect is what consumes the code
    setPhase({ is: 'trying' })
    signIn(taken).then(
      () => void navigate(after, { replace: true }),
      (error: unknown) => setPhase({ is: 'failed', why: error instanceof Error ? error.message : 'Signing in failed.' }),
    )
  }, [navigate, after])

  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Logo size={32} />
        <h1>Gatehouse</h1>
        {phase.is === 'trying' ? <output>Signing you in…</output> : null}
        {phase.is === 'failed' ? (
          <p role="alert" className="sign-in-error">
            <Prose text={phase.why} />
          </p>
        ) : null}
        {phase.is === 'trying' ? null : (
          <>
            <p>You sign in with a link that works once. There is no password.</p>
            <p className="muted">The server prints a link when it starts. Open it in this browser and you come back to where you were.</p>
          </>
        )}
      </div>
    </main>
  )
}
