import { endOfText, SHOWN, type TakenApart, takeApart } from '../flow/take-apart.js';
import { type NamedSegment, named } from './field-names.js';

/** A message for a person to read: FHIR laid out, HL7 v2 by segment with every field named. */
export type Content = { text: string; leftOut: TakenApart['leftOut'] } & (
  | { kind: 'fhir' }
  | { kind: 'hl7'; segments: NamedSegment[] }
);

/** The beginning, where it is long. Takes nothing on trust: bytes that are neither are shown as lines of text. */
export function contentOf(bytes: Buffer): Content {
  if (bytes.length > SHOWN.bytes && beginsAsJson(bytes.toString('utf8', 0, 100))) return beginningOfJson(bytes);
  const resource = jsonIn(bytes);
  if (resource !== null) return { kind: 'fhir', text: JSON.stringify(resource, null, 2), leftOut: NOTHING };
  const { segments, leftOut } = takeApart(bytes);
  return { kind: 'hl7', segments: segments.map(named), text: segments.map(({ raw }) => raw).join('\n'), leftOut };
}

const NOTHING = { bytes: 0, segments: 0 };

/** As it came: what is cut off cannot be laid out. */
function beginningOfJson(bytes: Buffer): Content {
  const end = endOfText(bytes, SHOWN.bytes);
  return { kind: 'fhir', text: bytes.toString('utf8', 0, end), leftOut: { bytes: bytes.length - end, segments: 0 } };
}

const beginsAsJson = (text: string): boolean =>
  text
    .replace(/^\uFEFF/, '')
    .trimStart()
    .startsWith('{');

function jsonIn(bytes: Buffer): object | null {
  if (bytes.length > SHOWN.bytes) return null;
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (!beginsAsJson(text)) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : null;
  } catch {
    return null;
  }
}
