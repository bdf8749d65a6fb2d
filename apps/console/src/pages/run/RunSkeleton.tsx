import { SkeletonRows } from '../../ui/states.tsx'

/** The frame of a run page: header, steps, rows. */
export function RunSkeleton() {
  return (
    <div aria-busy="true">
      <div className="run-head">
        <h1 className="sr-only">Run</h1>
        <div className="bone bone-title" />
        <div className="bone bone-line" />
        <div className="bone bone-answer" />
      </div>
      <div className="run-body">
        <div className="rail">
          <SkeletonRows rows={5} label="Loading steps" />
        </div>
        <div className="run-content">
          <SkeletonRows rows={12} label="Loading the run" />
        </div>
      </div>
    </div>
  )
}
