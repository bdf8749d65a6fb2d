/* The JSON report of `gatehouse scan`. */
import Type, { type Static } from 'typebox'
import { Confidence, Count, List, OneOf, Optional, Severity, Text } from './fields.ts'

export type ScanLocation = Static<typeof ScanLocation>
export const ScanLocation = Type.Object(
  {
    path: Text(4_096, 'The file, as it was given.'),
    line: Count('First line, from 1.'),
    column: Count('First column, from 1, in UTF-16 units.'),
    endLine: Count('Line after the last character.'),
    endColumn: Count('Column after the last character.'),
    byteStart: Count('First byte of the place in the file.'),
    byteEnd: Count('One past its last byte.'),
  },
  { additionalProperties: false, description: 'A place in a file.' },
)

export type ScanFinding = Static<typeof ScanFinding>
export const ScanFinding = Type.Object(
  {
    rule: Text(64, 'Id of the rule.'),
    title: Text(256, 'Title of the rule.'),
    message: Text(4_096, 'What is wrong here and why it matters.'),
    severity: Severity,
    confidence: Confidence,
    level: OneOf(['default', 'strict', 'audit'], 'Who wants to hear it.'),
    maturity: OneOf(['preview', 'stable'], 'Whether the rule has proven itself.'),
    catalogue: List(Text(16, 'An id.'), 16, 'Rows of the catalogue of weaknesses that the rule covers.'),
    cwe: List(Text(16, 'An id.'), 16, 'Common Weakness Enumeration.'),
    cicd: List(Text(16, 'An id.'), 16, 'OWASP Top 10 CI/CD risks.'),
    fix: OneOf(['none', 'safe', 'review', 'manual'], 'The best fix that the rule can offer.'),
    location: ScanLocation,
    trace: List(
      Type.Object(
        {
          role: OneOf(['source', 'path', 'guard', 'sink'], 'Part in the flow.'),
          message: Text(4_096, 'What happens there.'),
          location: ScanLocation,
        },
        { additionalProperties: false, description: 'One place of a flow.' },
      ),
      256,
      'From source to sink.',
    ),
    fingerprint: Text(16, 'Stays the same when other lines of the file change.'),
    suppressed: Optional(
      Type.Object(
        { by: OneOf(['comment', 'configuration', 'baseline'], 'What takes it out.'), reason: Text(4_096, 'Why, as its author says.') },
        { additionalProperties: false, description: 'Set when it does not count.' },
      ),
    ),
  },
  { additionalProperties: false, description: 'What a rule reports.' },
)

export type ScanReport = Static<typeof ScanReport>
export const ScanReport = Type.Object(
  {
    version: Type.Literal(1, { description: 'Version of this shape.' }),
    tool: Type.Object(
      { name: Text(64, 'Always gatehouse.'), version: Text(64, 'Its version.') },
      { additionalProperties: false, description: 'What made the report.' },
    ),
    files: Count('How many files were analysed.'),
    findings: List(ScanFinding, 10_000_000, 'In order of file and line; suppressed ones included.'),
    errors: List(
      Type.Object(
        {
          code: OneOf(['encoding', 'yaml', 'limit', 'model'], 'What kind of problem.'),
          message: Text(4_096, 'What is wrong.'),
          location: ScanLocation,
        },
        { additionalProperties: false, description: 'A place that could not be analysed.' },
      ),
      1_000_000,
      'What could not be analysed; the result is incomplete there.',
    ),
  },
  { $id: 'ScanReport', additionalProperties: false, description: 'The JSON report of a scan.' },
)
