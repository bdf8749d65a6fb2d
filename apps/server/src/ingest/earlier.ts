import type { Finding, Step } from '@gatehouse/schema'
import { factsOf, type Facts } from '../events/facts.ts'
import type { Database } from '../meta/database.ts'

const JOBS_AT_ONCE = 200

/** Facts of every job of the meta store, for an event store that was made before it was told them. */
export async function* earlierFacts(db: Database): AsyncGenerator<Facts> {
  for (let after: { readonly org: number; readonly id: string } | undefined; ;) {
    let select = db.selectFrom('job').select(['org', 'id', 'week', 'body']).orderBy('org').orderBy('id').limit(JOBS_AT_ONCE)
    const last = after
    if (last !== undefined) {
      select = select.where((e) => e.or([e('org', '>', last.org), e.and([e('org', '=', last.org), e('id', '>', last.id)])]))
    }
    const jobs = await select.execute()
    for (const { org, id, week, body } of jobs) {
      const steps = await db.selectFrom('step').select('body').where('org', '=', org).where('job', '=', id).execute()
      const findings = await db.selectFrom('finding').select('body').where('org', '=', org).where('job', '=', id).execute()
      // Bodies were validated before they were stored.
      yield factsOf(
        { org, job: id, week },
        {
          ...(body === null ? {} : { job: JSON.parse(body) }),
          steps: steps.map((row): Step => JSON.parse(row.body)),
          findings: findings.map((row): Finding => JSON.parse(row.body)),
        },
      )
    }
    after = jobs.at(-1)
    if (after === undefined) return
  }
}
