/* Structured log: one JSON object a line on stderr. stdout belongs to what a command answers. */
import process from 'node:process'

type LogFields = Readonly<Record<string, unknown>>

export interface Log {
  readonly info: (message: string, fields?: LogFields) => void
  readonly warn: (message: string, fields?: LogFields) => void
  readonly error: (message: string, fields?: LogFields) => void
}

/** A log to stderr. Never give it bodies, tokens or cookies. */
export function stderrLog(): Log {
  return { info: writer('info'), warn: writer('warn'), error: writer('error') }
}

function writer(level: string): Log['info'] {
  return (message, fields = {}) => {
    process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`)
  }
}

/** A log that keeps nothing. */
export function silentLog(): Log {
  return { info: () => {}, warn: () => {}, error: () => {} }
}
