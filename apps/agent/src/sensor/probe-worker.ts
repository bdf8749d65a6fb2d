/* The thread that looks into programs and libraries for places to probe: node's tables take 75 ms, which the agent must not stand still. */
import { parentPort } from 'node:worker_threads'
import { createProbeFinder } from '../elf/index.ts'

/** What was found behind a descriptor. */
export interface ProbeAnswer {
  readonly descriptor: number
  readonly reading: ReturnType<ReturnType<typeof createProbeFinder>['find']>
}

const finder = createProbeFinder()

// Both threads share the descriptors of the process, so the file that is looked into is the one that was opened.
parentPort?.on('message', (descriptor: number) => {
  parentPort?.postMessage({ descriptor, reading: finder.find(`/proc/self/fd/${descriptor}`) } satisfies ProbeAnswer)
})
