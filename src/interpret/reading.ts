import type { FaultCode, FaultDetail } from '../fault.js';
import type { Message, Segment } from '../hl7v2/message.js';
import { instantOf, type Moment } from '../hl7v2/time.js';
import type { Mapped, Unmapped } from './codes.js';
import type { Feed, Identifiers, Places } from './feed.js';
import { type NamedPerson, personNamed } from './identifiers.js';

/** Who sent a message, as the site file has it. Times without an offset are in `timeZone` (IANA). */
export type SenderContext = { ods: string; timeZone: string };

/** One message being read: values by path, and every fault met on the way, in order. */
export type Reading = ReturnType<typeof openReading>;

/** A value and the path at which it stood. */
export type Found = { where: string; value: string };

export function openReading(message: Message, feed: Feed, sender: SenderContext) {
  const faults: FaultDetail[] = [];
  const fault = (code: FaultCode, where: string, text: string, next: string): null => {
    faults.push({ code, where, text, next });
    return null;
  };
  const invalid = (where: string, text: string): null =>
    fault('field-invalid', where, text, 'the sender corrects it and sends again');

  function missing(where: string, what: string): null {
    return fault(
      'field-missing',
      where,
      `${what} is empty`,
      "the sender fills it, or mend the sender's feed definition",
    );
  }

  const valueAt = (path: string): string | null =>
    path === 'MSH-7' ? message.header.sentAt || null : message.value(path);

  /** The first place that holds something; null when all are empty or `""`. */
  function found(places: Places = []): Found | null {
    for (const where of places) {
      const value = valueAt(where);
      if (value !== null) return { where, value };
    }
    return null;
  }

  /** A time as written; null when empty, or impossible (then it is a fault as well). */
  const momentOf = (written: string | null, where: string): Moment | null =>
    written === null
      ? null
      : (instantOf(written, sender.timeZone) ?? invalid(where, 'not a date and time that can be'));

  const moment = (places: Places | undefined): Moment | null => {
    const written = found(places);
    return written === null ? null : momentOf(written.value, written.where);
  };

  return {
    faults,
    fault,
    invalid,
    missing,
    segments: (name: string) => message.segments(name),
    found,
    value: (places: Places | undefined): string | null => found(places)?.value ?? null,
    /** Whether the sender deletes what stood there: `""`, where that is what this sender means by it. */
    isDeleted: (places: Places = []): boolean =>
      feed.emptyQuotes === 'delete' &&
      found(places) === null &&
      places.some((path) => message.segment(path.slice(0, 3))?.isDeleted(path.slice(4)) ?? false),
    isDeletedIn: (segment: Segment, path: string): boolean => feed.emptyQuotes === 'delete' && segment.isDeleted(path),
    moment,
    momentOf,
    instant: (places: Places | undefined): string | null => moment(places)?.instant ?? null,
    /** When the message was sent: without it nothing can be corrected later. */
    sentAt(): string | null {
      const at = moment(['MSH-7']);
      return at === null && faults.length === 0 ? missing('MSH-7', 'the time') : (at?.instant ?? null);
    },
    /** What a code means; an unmapped one is a fault that names the field, the value and the file to mend. */
    mapped<T>(answer: Mapped<T> | Unmapped, where: string): T | null {
      if (answer.kind === 'mapped') return answer.value;
      return fault('code-unmapped', where, answer.text, answer.next);
    },
    /** Whom the message is about. */
    person(): NamedPerson | null {
      const named = personNamed({ segment: message.segment('PID'), message, ids: feed, sender: sender.ods });
      if (named.nhsNumber !== null || named.localIds.length > 0) return named;
      if (!named.failedCheck) return missing('PID-3', 'every identifier');
      return invalid('PID-3', 'the only identifier is an NHS number that fails its check');
    },
    /** The person of one PID or MRG segment. */
    personIn: (segment: Segment, ids: Identifiers = feed): NamedPerson =>
      personNamed({ segment, message, ids, sender: sender.ods }),
  };
}
