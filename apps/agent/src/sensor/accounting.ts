/* The kernel side's counters, summed over processors, against what has arrived. */
import type { Accounting } from '@gatehouse/schema'
import type { Native, ObjectHandle } from './native.ts'
import { RECORD } from './records.generated.ts'

/** Record types by number, as they are called in accounts. */
const TYPES = Object.entries(RECORD)
  .filter(([name]) => name !== 'MAX')
  .map(([name, type]) => ({ name: name.toLowerCase().replaceAll('_', '-'), type }))
const BULK: ReadonlySet<number> = new Set([RECORD.OPEN_WRITE, RECORD.PATH])
/** Programs that the kernel skips, instead of running twice on one processor; what they would have made is not known. */
const TRACING = ['on_fork', 'on_exit', 'on_exec', 'on_call', 'on_tcp_state', 'on_io_uring', 'on_tls_write', 'on_tls_write_go']

/** Each processor has four counters of 8 bytes: made, submitted, aggregated, lost. */
const COUNTER_BYTES = 32

/**
 * One entry per record type that occurred.
 *
 * @param delivered Records that reached this process, by type number.
 */
export function readAccounting(native: Native, object: ObjectHandle, delivered: ArrayLike<number>): Accounting[] {
  const entries: Accounting[] = []
  for (const { name, type } of TYPES) {
    const key = Buffer.alloc(4)
    key.writeUInt32LE(type)
    const bytes = native.mapGet(object, 'counters', key)
    if (bytes === undefined) continue
    const sum = (at: number) => {
      let total = 0
      for (let cpu = 0; cpu < bytes.length; cpu += COUNTER_BYTES) total += Number(bytes.readBigUInt64LE(cpu + at))
      return total
    }
    const made = sum(0)
    if (made === 0) continue
    entries.push({
      type: name,
      ring: BULK.has(type) ? 'bulk' : 'critical',
      made,
      delivered: delivered[type] ?? 0,
      aggregated: sum(16),
      lost: sum(24),
    })
  }
  let missed = 0
  for (const program of TRACING) missed += native.programInfo(object, program)?.misses ?? 0
  if (missed > 0) entries.push({ type: 'missed-run', ring: 'critical', made: missed, delivered: 0, aggregated: 0, lost: missed })
  return entries
}
