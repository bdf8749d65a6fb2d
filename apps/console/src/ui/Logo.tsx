/** A gatehouse: battlements and an arch. */
export function Logo({ size = 20 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" className="logo">
      <path fill="currentColor" d="M3 4h3v2h2V4h3v2h2V4h3v2h2V4h3v17h-5v-6a4 4 0 0 0-8 0v6H3z" />
    </svg>
  )
}
