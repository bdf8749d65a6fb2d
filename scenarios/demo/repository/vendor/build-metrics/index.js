/** What the package is said to be for. */
export function startTimer() {
  const started = performance.now()
  return () => performance.now() - started
}
