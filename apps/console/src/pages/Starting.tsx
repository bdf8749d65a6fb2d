/** Before the code of the first page is there. */
export function Starting() {
  return (
    <div className="starting" role="status">
      <span className="sr-only">Loading Gatehouse</span>
    </div>
  )
}
