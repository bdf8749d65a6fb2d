/* What a path means. See data/places.json. */
import data from './data/places.json' with { type: 'json' }

export type Place = string

const PLACES: readonly { readonly place: Place; readonly pattern: RegExp }[] = data.places.map(({ place, pattern }) => ({
  place,
  pattern: new RegExp(pattern),
}))

/** Directories of the machine in which a pattern can match, by the two characters after the first slash. */
const MACHINE = /^\/(?:etc|var|run|dev|proc|sys|lib|usr\/lib)\//

/**
 * What the path means, or undefined for nearly all paths.
 * A build touches a hundred thousand files, so a few cheap looks decide before any pattern is tried.
 */
export function placeOf(path: string): Place | undefined {
  if (
    !path.includes('/.') &&
    !path.includes('/_') &&
    !path.includes('-packages/') &&
    !path.includes('/bin/Runner.') &&
    !path.includes('/externals/') &&
    !path.endsWith('.md') &&
    !path.endsWith('customize.py') &&
    !path.endsWith('/release_agent') &&
    !MACHINE.test(path)
  )
    return undefined
  for (const { place, pattern } of PLACES) if (pattern.test(path)) return place
  return undefined
}
