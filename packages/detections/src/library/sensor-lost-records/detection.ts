import { defineDetection } from '../../detection.ts'

/** Kinds of records that travel through the ring with room kept for them; they are not lost by accident. */
const CRITICAL = /exec|fork|exit|memory|ptrace|connect|system|tcp/i

export const sensorLostRecords = defineDetection({
  id: 'sensor-lost-records',
  title: 'Records that matter were lost',
  severity: 'medium',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R31'],
  attack: ['T1562.006'],
  remedy: 'Do not conclude from what is missing. Give the sensor larger rings, and look for what flooded it.',
  requires: ['loss'],

  match(event) {
    if (event.op !== 'tracking-full' && event.op !== 'spool-full' && !CRITICAL.test(event.type)) return null
    return {
      message: `The sensor lost ${event.count} records of the kind ${event.type} (${event.op}).`,
      evidence: { type: event.type, count: event.count, why: event.op },
      key: `${event.op} ${event.type}`,
    }
  },
})
