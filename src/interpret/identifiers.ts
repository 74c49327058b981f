import type { Message, Segment } from '../hl7v2/message.js';
import type { LocalId, PersonRef } from '../register/fact.js';
import type { Identifiers } from './feed.js';
import { isNhsNumber, tidyNhsNumber } from './nhs-number.js';

/**
 * A person as one segment names them, and what is wrong with the NHS numbers that were there. `otherNumbers`: valid ones
 * beside the first; nobody can say which is the person's.
 */
export type NamedPerson = PersonRef & { failedCheck: boolean; otherNumbers: string[] };

/** Everybody who may be meant: one for each NHS number. */
export const everyoneOf = ({ nhsNumber, localIds, otherNumbers }: NamedPerson): PersonRef[] =>
  [nhsNumber, ...otherNumbers].map((number) => ({ nhsNumber: number, localIds }));

type Naming = { segment: Segment | null; message: Message; ids: Identifiers; sender: string };

/** The person of one PID or MRG segment; a place in another segment is looked up in the message. `sender`: ODS code. */
export function personNamed(naming: Naming): NamedPerson {
  const written = numbersIn(naming);
  const [nhsNumber = null, ...otherNumbers] = new Set(written.map(tidyNhsNumber).filter(isNhsNumber));
  const failedCheck = nhsNumber === null && written.length > 0;
  return { nhsNumber, localIds: localIdsIn(naming), failedCheck, otherNumbers };
}

function numbersIn(naming: Naming): string[] {
  const written: string[] = [];
  for (const place of naming.ids.nhsNumber) {
    for (const repetition of repetitionsOf(place.field, naming)) {
      const value = at(repetition, place.value);
      if (value !== null && (!place.where || matches(repetition, place.where))) written.push(value);
    }
  }
  return written;
}

function localIdsIn(naming: Naming): LocalId[] {
  const { sender } = naming;
  const localIds: LocalId[] = [];
  for (const place of naming.ids.localIds) {
    for (const repetition of repetitionsOf(place.field, naming)) {
      const value = at(repetition, place.value);
      if (value === null || (place.where && !matches(repetition, place.where))) continue;
      if (place.whereNot && matches(repetition, place.whereNot)) continue;
      const authority = place.authority === 'sender' ? sender : (at(repetition, place.authority) ?? '');
      localIds.push({ sender, authority, value });
    }
  }
  return localIds;
}

/** One repetition of a field, read by its components. */
type Repetition = { segment: Segment; field: number; nth: number };

const at = ({ segment, field, nth }: Repetition, component: string): string | null => segment.at(field, nth, component);

const matches = (repetition: Repetition, { path, is }: { path: string; is: string[] }): boolean =>
  is.includes(at(repetition, path) ?? '');

/** `path`: `PID-3`. */
function repetitionsOf(path: string, { segment, message }: Naming): Repetition[] {
  const name = path.slice(0, 3);
  const own = name === segment?.name ? segment : message.segment(name);
  const field = Number(path.slice(4));
  const repetitions: Repetition[] = [];
  const count = own?.repetitions(field) ?? 0;
  for (let nth = 0; own && nth < count; nth += 1) repetitions.push({ segment: own, field, nth });
  return repetitions;
}
