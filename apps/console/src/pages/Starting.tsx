/** Before the code of the first page is there. */
export function Starting() {
  return (
    <output className="starting">
      <span className="sr-only">Loading Gatehouse</span>
    </output>
  )
}
