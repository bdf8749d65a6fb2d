import createDebug from 'debug'
import { nanoid } from 'nanoid'

const debug = createDebug('price')

/** A quote for `quantity` pieces at `cents` each; ten or more get five percent off. */
export function quote(quantity, cents) {
  const total = Math.round(quantity * cents * (quantity >= 10 ? 0.95 : 1))
  debug('quoted %d', total)
  return { id: nanoid(), total }
}
