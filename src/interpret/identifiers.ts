import type { Message, Segment } from '../hl7v2/message.js';
import type { LocalId, PersonRef } from '../register/fact.js';
import type { Identifiers } from './feed.js';
import { isNhsNumber, tidyNhsNumber } from './nhs-number.js';

/** A person as one segment names them, and what is wrong with the NHS numbers that were there. */
export type NamedPerson = PersonRef & { failedCheck: boolean; severalNumbers: boolean };

/** The person of one PID or MRG segment; a place in another segment is looked up in the message. `sender`: ODS code. */
export function personNamed(of: {
  segment: Segment | null;
  message: Message;
  ids: Identifiers;
  sender: string;
}): NamedPerson {
  const { segment, message, ids, sender } = of;
  const own = (field: string) => {
    const name = field.slice(0, 3);
    return name === segment?.name ? segment : message.segment(name);
  };
  const written = ids.nhsNumber.flatMap((place) =>
    repetitionsOf(own(place.field), fieldNumber(place.field)).flatMap((at) =>
      place.where && !matches(at, place.where) ? [] : (at(place.value) ?? []),
    ),
  );
  const valid = [...new Set(written.map(tidyNhsNumber).filter(isNhsNumber))];
  return {
    nhsNumber: valid[0] ?? null,
    localIds: localIdsIn(ids.localIds, own, sender),
    failedCheck: valid.length === 0 && written.length > 0,
    severalNumbers: valid.length > 1,
  };
}

function localIdsIn(
  places: Identifiers['localIds'],
  own: (field: string) => Segment | null,
  sender: string,
): LocalId[] {
  return places.flatMap((place) =>
    repetitionsOf(own(place.field), fieldNumber(place.field)).flatMap((at): LocalId[] => {
      const value = at(place.value);
      if (value === null || (place.where && !matches(at, place.where))) return [];
      if (place.whereNot && matches(at, place.whereNot)) return [];
      const authority = place.authority === 'sender' ? sender : (at(place.authority) ?? '');
      return [{ sender, authority, value }];
    }),
  );
}

type At = (component: string) => string | null;

function repetitionsOf(segment: Segment | null, field: number): At[] {
  if (!segment) return [];
  return Array.from(
    { length: segment.repetitions(field) },
    (_, repetition) => (component: string) => segment.at(field, repetition, component),
  );
}

const fieldNumber = (path: string): number => Number(path.slice(path.indexOf('-') + 1));
const matches = (at: At, { path, is }: { path: string; is: string[] }): boolean => is.includes(at(path) ?? '');
