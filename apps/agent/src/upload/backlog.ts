/* Delivers what earlier runs on this machine could not. After our own record, never instead of it. */
import type { Post } from './post.ts'
import { abandonedSpools } from './spool.ts'

/** Sends old batches until `patienceMs` is over or one is not taken. Returns how many jobs were completed. */
export async function deliverBacklog(root: string, server: string, post: Post, patienceMs: number): Promise<number> {
  const end = performance.now() + patienceMs
  let completed = 0
  for (const { owner, spool } of abandonedSpools(root, server)) {
    for (const number of spool.waiting()) {
      if (performance.now() > end) return completed
      const answer = await post(`/v1/jobs/${owner.job}/batches/${number}`, spool.read(number)).catch(() => undefined)
      if (answer?.status !== 200) return completed
      spool.remove(number)
    }
    if (spool.close()) completed++
  }
  return completed
}
