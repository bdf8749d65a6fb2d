/* Tokens, sign-in codes and sessions. Only hashes are stored: who reads the folder of the server cannot sign in with what is there. */
import { createHash, randomBytes } from 'node:crypto'
import type { Caller } from '../http/auth.ts'
import type { Queryable } from '../meta/database.ts'

const SECRET_BYTES = 32
export const CODE_LIFETIME_US = 3_600_000_000
export const SESSION_LIFETIME_US = 12 * 3_600_000_000

/** 256 random bits as text; hashing them once is enough, since they cannot be guessed. */
function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** The organization of that name, made when missing. */
export async function ensureOrganization(db: Queryable, name: string, now: number): Promise<number> {
  await db
    .insertInto('organization')
    .values({ name, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await db.selectFrom('organization').select('id').where('name', '=', name).executeTakeFirstOrThrow()
  return row.id
}

/** A new ingest token; its text is given out here and never again. */
export async function createToken(db: Queryable, org: number, name: string, now: number): Promise<string> {
  const token = `gatehouse_${newSecret()}`
  await db
    .insertInto('token')
    .values({ hash: hashSecret(token), org, name, created_at: now })
    .execute()
  return token
}

export async function findToken(db: Queryable, hash: string): Promise<Caller | undefined> {
  return await db
    .selectFrom('token')
    .innerJoin('organization', 'organization.id', 'token.org')
    .select(['token.org', 'token.name', 'organization.name as organization'])
    .where('token.hash', '=', hash)
    .executeTakeFirst()
}

/** A code for a sign-in link: works once, for an hour. */
export async function createCode(db: Queryable, org: number, user: string, now: number): Promise<string> {
  const code = newSecret()
  await db.deleteFrom('signin_code').where('expires_at', '<', now).execute()
  await db
    .insertInto('signin_code')
    .values({ hash: hashSecret(code), org, user, expires_at: now + CODE_LIFETIME_US, used_at: null })
    .execute()
  return code
}

/** Uses up a code and makes a session; undefined when the code is unknown, used or expired. The returned secret is for the cookie. */
export async function exchangeCode(
  db: Queryable,
  code: string,
  now: number,
): Promise<{ readonly secret: string; readonly caller: Caller } | undefined> {
  // One statement finds it unused and marks it used, so two that come together cannot both win.
  const used = await db
    .updateTable('signin_code')
    .set({ used_at: now })
    .where('hash', '=', hashSecret(code))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning(['org', 'user'])
    .executeTakeFirst()
  if (used === undefined) return undefined
  const secret = newSecret()
  await db.deleteFrom('session').where('expires_at', '<', now).execute()
  await db
    .insertInto('session')
    .values({ hash: hashSecret(secret), org: used.org, user: used.user, expires_at: now + SESSION_LIFETIME_US })
    .execute()
  const caller = await findSession(db, hashSecret(secret), now)
  return caller === undefined ? undefined : { secret, caller }
}

export async function findSession(
  db: Queryable,
  hash: string,
  now: number,
): Promise<(Caller & { readonly expiresAt: number }) | undefined> {
  return await db
    .selectFrom('session')
    .innerJoin('organization', 'organization.id', 'session.org')
    .select(['session.org', 'session.user as name', 'organization.name as organization', 'session.expires_at as expiresAt'])
    .where('session.hash', '=', hash)
    .where('session.expires_at', '>', now)
    .executeTakeFirst()
}

export async function deleteSession(db: Queryable, hash: string): Promise<void> {
  await db.deleteFrom('session').where('hash', '=', hash).execute()
}
