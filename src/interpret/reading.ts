import type { FaultCode, FaultDetail } from '../fault.js';
import type { Message, Segment } from '../hl7v2/message.js';
import { instantOf, type Moment } from '../hl7v2/time.js';
import type { LocalId, PersonRef } from '../register/fact.js';
import type { Mapped, Unmapped } from './codes.js';
import type { Feed, Identifiers } from './feed.js';
import { isNhsNumber, tidyNhsNumber } from './nhs-number.js';

/** A person as one segment names them, and what is wrong with the NHS numbers that were there. */
export type NamedPerson = PersonRef & { failedCheck: boolean; severalNumbers: boolean };

/** One message being read: values by path, and every fault met on the way, in order. */
export type Reading = ReturnType<typeof openReading>;

export function openReading(message: Message, timeZone: string) {
  const faults: FaultDetail[] = [];
  const fault = (code: FaultCode, where: string, text: string, next: string): null => {
    faults.push({ code, where, text, next });
    return null;
  };

  /** A time; null when empty, `""`, or impossible (then it is a fault as well). */
  function momentIn(segment: Segment | null, path: string, where: string): Moment | null {
    const written = segment?.value(path) ?? null;
    if (written === null) return null;
    return (
      instantOf(written, timeZone) ??
      fault('field-invalid', where, 'not a date and time that can be', 'the sender corrects it and sends again')
    );
  }

  function missing(where: string, what: string): null {
    return fault(
      'field-missing',
      where,
      `${what} is empty`,
      "the sender fills it, or mend the sender's feed definition",
    );
  }

  const split = (path: string): [Segment | null, string] => {
    const dash = path.indexOf('-');
    return [message.segment(path.slice(0, dash)), path.slice(dash + 1)];
  };

  const moment = (path: string): Moment | null => {
    const [segment, field] = split(path);
    return path === 'MSH-7' ? headerTime() : momentIn(segment, field, path);
  };

  function headerTime(): Moment | null {
    const written = message.header.sentAt;
    if (written === '') return null;
    return (
      instantOf(written, timeZone) ??
      fault('field-invalid', 'MSH-7', 'not a date and time that can be', 'the sender corrects it and sends again')
    );
  }

  return {
    faults,
    fault,
    missing,
    segments: (name: string) => message.segments(name),
    value: (path: string) => message.value(path),
    isDeleted(path: string): boolean {
      const [segment, field] = split(path);
      return segment?.isDeleted(field) ?? false;
    },
    moment,
    momentIn,
    instant: (path: string): string | null => moment(path)?.instant ?? null,
    required(path: string, _as: 'instant'): string | null {
      const found = moment(path);
      if (found === null && !faults.some((f) => f.where === path)) return missing(path, 'the time');
      return found?.instant ?? null;
    },
    /** What a code means; an unmapped one is a fault that names the field, the value and the file to mend. */
    mapped<T>(answer: Mapped<T> | Unmapped, where: string): T | null {
      if (answer.kind === 'mapped') return answer.value;
      return fault('code-unmapped', where, answer.text, answer.next);
    },
    person(feed: Feed): NamedPerson | null {
      const found = namedPerson(message.segment('PID'), feed.nhsNumber, feed.localIds, 'PID', message);
      if (found.nhsNumber !== null || found.localIds.length > 0) return found;
      if (!found.failedCheck) return missing('PID-3', 'every identifier');
      const text = 'the only identifier is an NHS number that fails its check';
      return fault('field-invalid', 'PID-3', text, 'the sender corrects it and sends again');
    },
    /** The person of one PID or MRG segment. */
    personIn: (segment: Segment, ids: { nhsNumber: Identifiers['nhsNumber'][]; localIds: Identifiers['localIds'][] }) =>
      namedPerson(segment, ids.nhsNumber, ids.localIds, segment.name, message),
  };
}

function namedPerson(
  segment: Segment | null,
  numbers: Feed['nhsNumber'],
  locals: Feed['localIds'],
  name: string,
  message: Message,
): NamedPerson {
  const own = (field: string) => (field.startsWith(`${name}-`) ? segment : message.segment(field.slice(0, 3)));
  const written = numbers.flatMap((place) => {
    const values = repetitionsOf(own(place.field), fieldNumber(place.field));
    return values.flatMap((at) => (place.where && !matches(at, place.where) ? [] : (at(place.value) ?? [])));
  });
  const valid = [...new Set(written.map(tidyNhsNumber).filter(isNhsNumber))];
  return {
    nhsNumber: valid[0] ?? null,
    localIds: localIdsIn(locals, own),
    failedCheck: valid.length === 0 && written.length > 0,
    severalNumbers: valid.length > 1,
  };
}

function localIdsIn(places: Feed['localIds'], own: (field: string) => Segment | null): LocalId[] {
  return places.flatMap((place) =>
    repetitionsOf(own(place.field), fieldNumber(place.field)).flatMap((at): LocalId[] => {
      const value = at(place.value);
      if (value === null || (place.whereNot && matches(at, place.whereNot))) return [];
      return [{ sender: '', authority: at(place.authority) ?? '', value }];
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
