import { takeApart } from '../flow/take-apart.js';
import { type NamedSegment, named } from './field-names.js';

/** A message for a person to read: FHIR laid out, HL7 v2 by segment with every field named. */
export type Content = { kind: 'fhir'; text: string } | { kind: 'hl7'; segments: NamedSegment[]; text: string };

/** Takes nothing on trust: bytes that are neither are shown as lines of text. */
export function contentOf(bytes: Buffer): Content {
  const resource = jsonIn(bytes);
  if (resource !== null) return { kind: 'fhir', text: JSON.stringify(resource, null, 2) };
  const segments = takeApart(bytes);
  return { kind: 'hl7', segments: segments.map(named), text: segments.map(({ raw }) => raw).join('\n') };
}

function jsonIn(bytes: Buffer): object | null {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : null;
  } catch {
    return null;
  }
}
