import type { FaultCode, FaultDetail } from '../../fault.js';
import type { CodeableConcept, Coding, Extension } from '../../fhir/elements.js';
import { instantOf, type Moment } from '../../hl7v2/time.js';
import type { Mapped, Unmapped } from '../codes.js';

/** One message being read: values with the places (FHIRPath) where they stood, and every fault met on the way. */
export type FhirReading = ReturnType<typeof openFhirReading>;

type Translate<T> = (code: string, system: string | null) => Mapped<T> | Unmapped;

/** Two lists may say the same in other words. */
const meaningOf = (value: unknown): string | undefined =>
  JSON.stringify(value, (key, inner: unknown) => (key === 'text' || key === 'system' ? undefined : inner));

const CORRECT = 'the sender corrects it and sends again';

export function openFhirReading(timeZone: string) {
  const faults: FaultDetail[] = [];
  const fault = (code: FaultCode, where: string, text: string, next: string = CORRECT): null => {
    faults.push({ code, where, text, next });
    return null;
  };

  /** What a code means; of several codings of one concept those that a table knows, which must mean the same. */
  function mapped<T>(codings: readonly Coding[], place: string, translate: Translate<T>): T | null {
    const answers = codings.flatMap(({ system = null, code }) => (code === undefined ? [] : [translate(code, system)]));
    const [first, ...others] = answers.flatMap((answer) => (answer.kind === 'mapped' ? [answer.value] : []));
    if (others.some((other) => meaningOf(other) !== meaningOf(first))) {
      return fault('field-invalid', place, 'has codings that contradict each other');
    }
    if (first !== undefined) return first;
    const [unmapped] = answers.flatMap((answer) => (answer.kind === 'unmapped' ? [answer] : []));
    if (!unmapped) return fault('field-missing', place, 'has no code: text alone is not understood');
    return fault('code-unmapped', place, unmapped.text, unmapped.next);
  }

  const notes: string[] = [];
  return {
    faults,
    fault,
    /** Why something that was understood tells nothing. */
    notes,
    tellsNothing(why: string): [] {
      notes.push(why);
      return [];
    },
    /** A dateTime; a day is its first moment in the sender's time zone. Null, and a fault, when it is no whole day. */
    moment(written: string | undefined, place: string): Moment | null {
      if (written === undefined) return null;
      return momentOf(written, timeZone) ?? fault('field-invalid', place, 'is not a whole day or a moment');
    },
    coding: <T>(coding: Coding, place: string, translate: Translate<T>): T | null => mapped([coding], place, translate),
    concept: <T>(concept: CodeableConcept, place: string, translate: Translate<T>): T | null =>
      mapped(concept.coding ?? [], place, translate),
  };
}

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A FHIR dateTime as a moment; null for a year or a month alone. */
export function momentOf(written: string, timeZone: string): Moment | null {
  const match = DATE_TIME.exec(written);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction = '', offset = ''] = match;
  if (hour === undefined) return instantOf(`${year}${month}${day}`, timeZone);
  // A leap second, which our clocks do not have, is the second before it.
  const seconds = second === '60' ? '59' : second;
  const shift = offset === 'Z' ? '+0000' : offset.replace(':', '');
  return instantOf(`${year}${month}${day}${hour}${minute}${seconds}${fraction.slice(0, 10)}${shift}`, timeZone);
}

/** An extension and where it stood. */
export type Placed = { extension: Extension; place: string };

/** Those of one address, with their places. */
export const extensionsAt = (
  extensions: readonly Extension[] | undefined,
  addresses: readonly string[],
  place: string,
): Placed[] =>
  (extensions ?? []).flatMap((extension, index) =>
    addresses.includes(extension.url) ? [{ extension, place: `${place}.extension[${index}]` }] : [],
  );

/** The part of a complex extension that has this name. */
export const partOf = ({ extension, place }: Placed, name: string): Placed | null =>
  extensionsAt(extension.extension, [name], place)[0] ?? null;
