import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'no questions', fires: true, events: jobOf(exec(2, 1, ['gemini', '--yolo', 'triage'])) },
  { name: 'with questions', fires: false, events: jobOf(exec(2, 1, ['gemini', 'triage'])) },
]
