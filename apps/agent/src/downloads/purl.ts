/* Package URLs: ECMA-427, "Package-URL (purl) specification". */

export interface PurlParts {
  readonly type: string
  /** Segments, not yet encoded. */
  readonly namespace?: readonly string[]
  readonly name: string
  readonly version?: string
  readonly qualifiers?: Readonly<Record<string, string | undefined>>
  readonly subpath?: readonly string[]
}

/** The canonical form. Rules of a type (lower case, say) are the caller's. */
export function purl(parts: PurlParts): string {
  const place = [...(parts.namespace ?? []), parts.name].map(encode).join('/')
  const qualifiers = Object.entries(parts.qualifiers ?? {})
    .flatMap(([key, value]) => (value === undefined || value === '' ? [] : [`${key}=${encode(value)}`]))
    .sort((a, b) => (a < b ? -1 : 1))
    .join('&')
  return [
    `pkg:${parts.type}/${place}`,
    parts.version === undefined ? '' : `@${encode(parts.version)}`,
    qualifiers === '' ? '' : `?${qualifiers}`,
    parts.subpath === undefined || parts.subpath.length === 0 ? '' : `#${parts.subpath.map(encode).join('/')}`,
  ].join('')
}

/** Everything but letters, digits and `.-_~:` is percent-encoded. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':')
}
