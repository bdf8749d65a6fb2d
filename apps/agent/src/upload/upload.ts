/* The way of a record to the server: spool, sender, connection. Loaded only when a server is named. */
import type { Job } from '@gatehouse/schema'
import { deliverBacklog } from './backlog.ts'
import { createPost } from './post.ts'
import { createSender, type Sender } from './sender.ts'
import { createSpool, spoolRoot } from './spool.ts'

export interface Upload {
  /** Undefined when nothing can be sent; then `problem` says why. */
  readonly sender: Sender | undefined
  readonly problem: string | undefined
  /** Sends the rest, then what earlier runs left behind. Returns what became of it, in words, when the server does not have everything. */
  finish(): Promise<string | undefined>
}

const UPLOAD_PATIENCE_MS = 5_000
const BACKLOG_PATIENCE_MS = 2_000

/** Opens the spool of this job and begins to send. Never throws: a job is watched also when its record cannot be sent. */
export function startUpload(server: URL, token: string, job: Job): Upload {
  const root = spoolRoot(process.env)
  try {
    const spool = createSpool(root, { job: job.id, server: server.href, pid: process.pid })
    const { post, close } = createPost(server, token)
    const sender = createSender({ job: job.id, agent: job.agent.version, spool, post, now: () => Date.now() * 1_000 })
    return {
      sender,
      problem: undefined,
      async finish() {
        const problem = await sender.finish(UPLOAD_PATIENCE_MS)
        if (problem === undefined) await deliverBacklog(root, server.href, post, BACKLOG_PATIENCE_MS)
        close()
        return problem
      },
    }
  } catch (error) {
    const problem = `The record is not sent to the server: ${error instanceof Error ? error.message : String(error)}.`
    return { sender: undefined, problem, finish: async () => undefined }
  }
}
