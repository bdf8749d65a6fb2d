import { Slider } from '@base-ui/react/slider'
import { useMemo } from 'react'
import { activity } from '../../model/select.ts'
import { useRunView } from './view.ts'

const BINS = 200

/** How busy the job was over time, with its findings; its two handles cut every tab to a window. */
export function TimeStrip() {
  const view = useRunView()
  const { model, version, start, end, job, selection } = view
  const total = Math.max(1, Math.ceil((end - start) / 1_000))
  const bars = useMemo(
    () => activity(model.events, start, end, BINS),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place; its version says when
    [model, version, start, end],
  )
  // Square root: one burst must not flatten everything else to nothing.
  const peak = Math.sqrt(Math.max(1, ...bars.all))
  const from = Math.min(selection.from ?? 0, total)
  const to = Math.min(selection.to ?? total, total)
  const step = Math.max(1, Math.round(total / 200))

  return (
    <div className="strip">
      <svg className="strip-chart" viewBox={`0 0 ${BINS} 40`} preserveAspectRatio="none" aria-hidden="true">
        {bars.all.map((all, index) => {
          if (all === 0) return null
          const height = Math.max(2, (Math.sqrt(all) / peak) * 36)
          const network = Math.min(height, (Math.sqrt(bars.network[index] ?? 0) / peak) * 36)
          return (
            // eslint-disable-next-line react/no-array-index-key -- a bin is its place
            <g key={index}>
              <rect className="strip-bar" x={index + 0.1} width={0.8} y={40 - height} height={height} />
              {network === 0 ? null : (
                <rect className="strip-bar strip-network" x={index + 0.1} width={0.8} y={40 - network} height={network} />
              )}
            </g>
          )
        })}
      </svg>
      <div className="strip-shade" style={{ left: 0, width: `${(from / total) * 100}%` }} />
      <div className="strip-shade" style={{ right: 0, width: `${(1 - to / total) * 100}%` }} />
      {job.findings.slice(0, 100).map((finding) => (
        <span
          key={finding.id}
          className={`strip-finding tone-text-${finding.severity}`}
          style={{ left: `${Math.min(100, Math.max(0, ((finding.time - start) / Math.max(1, end - start)) * 100))}%` }}
          aria-hidden="true"
        />
      ))}
      <Slider.Root
        className="strip-slider"
        min={0}
        max={total}
        step={step}
        largeStep={step * 10}
        value={[from, to]}
        thumbCollisionBehavior="none"
        onValueChange={(value) => {
          const [low = 0, high = total] = value as readonly number[]
          view.select({ from: low <= 0 ? undefined : low, to: high >= total - step / 2 ? undefined : high })
        }}
      >
        <Slider.Control className="strip-control">
          <Slider.Track className="strip-track">
            <Slider.Thumb
              index={0}
              className="strip-thumb"
              getAriaLabel={() => 'Show from'}
              getAriaValueText={(_text, value) => seconds(value)}
            />
            <Slider.Thumb
              index={1}
              className="strip-thumb"
              getAriaLabel={() => 'Show until'}
              getAriaValueText={(_text, value) => seconds(value)}
            />
          </Slider.Track>
        </Slider.Control>
      </Slider.Root>
    </div>
  )
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} seconds`
}
