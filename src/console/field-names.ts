import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import type { SegmentView } from '../flow/take-apart.js';

const FILE = fileURLToPath(new URL('../../mappings/hl7v2/field-names.csv', import.meta.url));

/** HL7's names by `PID` and `PID-3`; read when the first message is looked at. */
let standard: ReadonlyMap<string, string> | null = null;

function standardName(place: string): string | null {
  standard ??= new Map(
    parse<{ segment: string; field: string; name: string }>(readFileSync(FILE), { columns: true }).map(
      ({ segment, field, name }) => [field === '0' ? segment : `${segment}-${field}`, name],
    ),
  );
  return standard.get(place) ?? null;
}

/** No standard segment holds a detention: the one that this service recommends to trusts. */
const ZMH = [
  'Set ID',
  'Period identifier',
  'Legal status classification',
  'Period start',
  'Period end',
  'End reason',
  'Action',
  'Community status',
  'Community status start',
  'Community status end',
  'Council of ordinary residence immediately before this detention',
  'Postcode immediately before this detention',
  'NHS commissioner stated by the trust',
];

export type NamedSegment = {
  line: number;
  name: string;
  /** What the standard calls the segment; null for one of a sender's own. */
  says: string | null;
  fields: { position: string; says: string | null; text: string }[];
};

/** Segments and fields with the names that the standard gives them, beside what was written. */
export const named = ({ line, name, fields }: SegmentView): NamedSegment => ({
  line,
  name,
  says: name === 'ZMH' ? 'Mental Health Act period' : standardName(name),
  fields: fields.map(({ position, text }) => ({ position, says: fieldName(name, position), text })),
});

function fieldName(segment: string, position: string): string | null {
  const number = Number(position.split('-')[1]);
  if (segment === 'ZMH') return ZMH[number - 1] ?? null;
  return standardName(`${segment}-${number}`);
}
