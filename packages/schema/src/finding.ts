/* What a detection (at run time) or a rule (in a workflow file) reports. Vocabulary: contracts, "Vocabulary". */
import Type, { type Static } from 'typebox'
import { Confidence, Count, List, Optional, Severity, Text, Time, Uuid } from './fields.ts'

export type Evidence = Static<typeof Evidence>
export const Evidence = Type.Record(
  // A pattern, since a bound on the length of a name is not checked by validators.
  Type.String({ pattern: '^[ -~]{1,64}$' }),
  Type.Union([Type.String({ maxLength: 4_096 }), Type.Number(), Type.Boolean()]),
  {
    additionalProperties: false,
    maxProperties: 32,
    description: 'The fields that made it fire.',
  },
)

/** A finding of a runtime detection. */
export type Finding = Static<typeof Finding>
export const Finding = Type.Object(
  {
    id: Uuid('Identity of the finding.'),
    detection: Text(64, 'Id of the detection.'),
    title: Text(256, 'What was found, in a few words.'),
    message: Text(2_048, 'What happened, in a sentence a person understands.'),
    severity: Severity,
    confidence: Confidence,
    catalogue: List(Text(16, 'An id.'), 16, 'Catalogue rows it covers, such as R01 or S-13.'),
    attack: List(Text(16, 'An id.'), 16, 'MITRE ATT&CK techniques.'),
    time: Time('When the deciding event happened.'),
    step: Count('Number of the step; 0 outside any step.', 65_535),
    process: Count('Number of the process.'),
    events: List(Count('A seq.'), 64, 'The events it rests on.'),
    evidence: Evidence,
    remedy: Optional(Text(1_024, 'What to do about it.')),
  },
  { $id: 'Finding', additionalProperties: false, description: 'What a detection reports.' },
)
