/*
 * Building blocks of every schema. Each field carries a description and a bound: a field without a bound is a way to
 * fill somebody's disk. Bounds are the widths that the stores accept.
 */
import Type, { type TLiteral, type TSchema, type TUnion } from 'typebox'

/** Free text of at most `max` UTF-16 units. */
export function Text(max: number, description: string) {
  return Type.String({ maxLength: max, description })
}

/** A whole number from 0 to `max` (default: the largest that a double holds exactly). */
export function Count(description: string, max: number = Number.MAX_SAFE_INTEGER) {
  return Type.Integer({ minimum: 0, maximum: max, description })
}

/** The latest time we accept, in microseconds since the Unix epoch: the year 2100. Also how generators know a time from a number. */
export const TIME_MAX = 4_102_444_800_000_000

/** Microseconds since the Unix epoch, as every time in Gatehouse is. */
export function Time(description: string) {
  return Type.Integer({ minimum: 0, maximum: TIME_MAX, description: `${description} Microseconds since the Unix epoch.` })
}

/** A share of certainty from 0 to 1. */
export function Share(description: string) {
  return Type.Number({ minimum: 0, maximum: 1, description })
}

/** One of a fixed list of words. */
export function OneOf<const T extends readonly string[]>(words: T, description: string) {
  // Safe: each member is the literal schema of one word of the tuple, in its order.
  return Type.Union(
    words.map((word) => Type.Literal(word)),
    { description },
  ) as unknown as TUnion<{
    -readonly [K in keyof T]: TLiteral<T[K] & string>
  }>
}

/** A field that may be left out (never null). */
export const Optional = Type.Optional

/** A list of at most `max` items. */
export function List<T extends TSchema>(item: T, max: number, description: string) {
  return Type.Array(item, { maxItems: max, description })
}

/** UUID in its lower-case text form. */
export function Uuid(description: string) {
  return Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$', maxLength: 36, description })
}

/** Absolute path as the process saw it; longer ones are cut by the sensor, which then sets the flag `path-cut`. */
export function Path(description: string) {
  return Text(4_096, description)
}

export const Severity = OneOf(['info', 'low', 'medium', 'high', 'critical'], 'How bad it is.')
export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical'
export const Confidence = OneOf(['low', 'medium', 'high'], 'How sure we are.')
export type Confidence = 'low' | 'medium' | 'high'
