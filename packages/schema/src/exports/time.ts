/** Microseconds since the Unix epoch as RFC 3339, as both export formats want it. */
export function isoTime(time: number): string {
  return new Date(Math.floor(time / 1_000)).toISOString()
}
