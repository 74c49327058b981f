import type { FaultCode, FaultDetail } from '../fault.js';
import type { Message, Segment } from '../hl7v2/message.js';
import { instantOf, type Moment } from '../hl7v2/time.js';
import type { Mapped, Unmapped } from './codes.js';
import type { Feed, Identifiers, Places } from './feed.js';
import { type NamedPerson, personNamed } from './identifiers.js';

/** Who sent a message, as the site file has it. Times without an offset are in `timeZone` (IANA). */
export type SenderContext = { ods: string; timeZone: string };

/** A value and the path at which it stood. */
export type Found = { where: string; value: string };

/** One message being read: values by path, and every fault met on the way, in order. */
export type Reading = ReturnType<typeof openReading>;

/** The functions are the module's and no closures, for the reason that `segmentOf` gives. */
export function openReading(message: Message, feed: Feed, sender: SenderContext) {
  return {
    message,
    feed,
    sender,
    faults: [] as FaultDetail[],
    fault,
    invalid,
    missing,
    segments,
    found,
    value,
    values,
    isDeleted,
    isDeletedIn,
    momentOf,
    moment,
    instant,
    sentAt,
    mapped,
    person,
    personIn,
  };
}

function fault(this: Reading, code: FaultCode, where: string, text: string, next: string): null {
  this.faults.push({ code, where, text, next });
  return null;
}

function invalid(this: Reading, where: string, text: string): null {
  return this.fault('field-invalid', where, text, 'the sender corrects it and sends again');
}

function missing(this: Reading, where: string, what: string): null {
  return this.fault(
    'field-missing',
    where,
    `${what} is empty`,
    "the sender fills it, or mend the sender's feed definition",
  );
}

function segments(this: Reading, name: string): Segment[] {
  return this.message.segments(name);
}

/** The first place that holds something; null when all are empty or `""`. */
function found(this: Reading, places: Places = []): Found | null {
  for (const where of places) {
    const value = valueAt(this, where);
    if (value !== null) return { where, value };
  }
  return null;
}

function value(this: Reading, places: Places | undefined): string | null {
  return this.found(places)?.value ?? null;
}

/** What each of these places holds; those that are empty are left out. */
function values(this: Reading, places: Places = []): string[] {
  const values: string[] = [];
  for (const where of places) {
    const value = valueAt(this, where);
    if (value !== null) values.push(value);
  }
  return values;
}

function valueAt(reading: Reading, path: string): string | null {
  const { message } = reading;
  return path === 'MSH-7' ? message.header.sentAt || null : message.value(path);
}

/** Whether the sender deletes what stood there: `""`, where that is what this sender means by it. */
function isDeleted(this: Reading, places: Places = []): boolean {
  if (this.feed.emptyQuotes !== 'delete' || this.found(places) !== null) return false;
  return places.some((path) => this.message.segment(path.slice(0, 3))?.isDeleted(path.slice(4)) ?? false);
}

function isDeletedIn(this: Reading, segment: Segment, path: string): boolean {
  return this.feed.emptyQuotes === 'delete' && segment.isDeleted(path);
}

/** A time as written; null when empty, or impossible (then it is a fault as well). */
function momentOf(this: Reading, written: string | null, where: string): Moment | null {
  if (written === null) return null;
  return instantOf(written, this.sender.timeZone) ?? this.invalid(where, 'not a date and time that can be');
}

function moment(this: Reading, places: Places | undefined): Moment | null {
  const written = this.found(places);
  return written === null ? null : this.momentOf(written.value, written.where);
}

function instant(this: Reading, places: Places | undefined): string | null {
  return this.moment(places)?.instant ?? null;
}

/** When the message was sent: without it nothing can be corrected later. */
function sentAt(this: Reading): string | null {
  const at = this.moment(['MSH-7']);
  return at === null && this.faults.length === 0 ? this.missing('MSH-7', 'the time') : (at?.instant ?? null);
}

/** What a code means; an unmapped one is a fault that names the field, the value and the file to mend. */
function mapped<T>(this: Reading, answer: Mapped<T> | Unmapped, where: string): T | null {
  if (answer.kind === 'mapped') return answer.value;
  return this.fault('code-unmapped', where, answer.text, answer.next);
}

/** Whom the message is about. */
function person(this: Reading): NamedPerson | null {
  const named = personNamedIn(this, this.message.segment('PID'), this.feed);
  if (named.nhsNumber !== null || named.localIds.length > 0) return named;
  if (!named.failedCheck) return this.missing('PID-3', 'every identifier');
  return this.invalid('PID-3', 'the only identifier is an NHS number that fails its check');
}

/** The person of one PID or MRG segment. */
function personIn(this: Reading, segment: Segment, ids: Identifiers = this.feed): NamedPerson {
  return personNamedIn(this, segment, ids);
}

function personNamedIn(reading: Reading, segment: Segment | null, ids: Identifiers): NamedPerson {
  const { message, sender } = reading;
  return personNamed({ segment, message, ids, sender: sender.ods });
}
