// Runs before the first paint so that a remembered theme does not flash the other one first. A file of its own: inline scripts
// are forbidden by the content security policy.
try {
  const theme = localStorage.getItem('gatehouse.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be forbidden; then the system's theme it is.
}
