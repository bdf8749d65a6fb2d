/* A package, or a part of one, that a job fetched: derived from a request line, so it says what was asked for and from where. */
import Type, { type Static } from 'typebox'
import { Count, OneOf, Optional, Text, Time } from '../fields.ts'

export type Download = Static<typeof Download>
export const Download = Type.Object(
  {
    purl: Text(2_048, 'Package URL (ECMA-427).'),
    kind: OneOf(['package', 'part'], 'A package, or a part that means nothing alone, such as a layer of an image.'),
    ecosystem: OneOf(
      ['npm', 'pypi', 'cargo', 'go', 'maven', 'nuget', 'rubygems', 'debian', 'oci', 'github'],
      'Whose format the request had.',
    ),
    name: Text(512, 'Name within the ecosystem, with its scope, group or owner.'),
    version: Optional(Text(256, 'Version, tag or commit, when the request names one.')),
    recognised: OneOf(['host', 'path'], 'Known by the host, or by the shape of the path alone (a mirror).'),
    method: Text(32, 'Method of the request.'),
    scheme: OneOf(['http', 'https'], 'Cleartext or TLS.'),
    host: Text(255, 'Host that was asked.'),
    path: Text(4_096, 'Path without the query string.'),
    file: Optional(Text(512, 'File name, when the version has several files.')),
    sha256: Optional(Text(64, 'SHA-256 of the content, hex, when it is known.')),
    time: Time('When it was asked for.'),
    step: Count('Number of the step; 0 outside any step.', 65_535),
    process: Count('Number of the process that asked.'),
  },
  { $id: 'Download', additionalProperties: false, description: 'A package that a job fetched.' },
)
