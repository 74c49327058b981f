import { z } from 'zod';
import { lastFieldOf, SEGMENT_NAMES } from '../hl7v2/structure.js';
import { didYouMean } from './suggest.js';

/** A text that a check finds nothing wrong with; what it finds is said as it is. */
const checked = (wrong: (text: string) => string | null) =>
  z.string().superRefine((text, issues) => {
    const message = wrong(text);
    if (message !== null) issues.addIssue({ code: 'custom', message });
  });

/** `PV1-19.1`: a value of the message. */
export const messagePath = checked((text) =>
  wrongPath(text, /^[A-Z][A-Z0-9]{2}-\d+(\.\d+){0,2}$/, 'a path such as PID-3 or PV1-19.1'),
);
/** `PID-3`: a field with all its repetitions. */
export const fieldOnly = checked((text) =>
  wrongPath(text, /^[A-Z][A-Z0-9]{2}-\d+$/, 'a repeating field such as PID-3'),
);
/** `11.4.1`: a value of one segment. */
export const fieldPath = checked((text) =>
  wrongNumbers(text, /^[1-9]\d*(\.[1-9]\d*){0,2}$/, 'a field such as 3 or 11.4.1'),
);
/** `4.1`: a value of one repetition. */
export const componentPath = checked((text) =>
  wrongNumbers(text, /^[1-9]\d*(\.[1-9]\d*)?$/, 'a component such as 1 or 4.1'),
);
export const segmentName = checked(wrongSegment);

function wrongPath(text: string, form: RegExp, name: string): string | null {
  if (form.test(text)) return wrongField(text);
  const [, segment, numbers = ''] = /^\s*([A-Za-z][A-Za-z0-9]{2})[^A-Za-z0-9]*(\d[\d.^-]*)?\s*$/.exec(text) ?? [];
  const meant = `${segment?.toUpperCase()}-${numbers.replace(/[.^-]+/g, '.')}`;
  return `is not ${name}${segment && form.test(meant) ? `; did you mean ${meant}?` : ''}`;
}

function wrongField(path: string): string | null {
  const [segment = '', position = ''] = path.split('-');
  const last = lastFieldOf(segment);
  const field = Number.parseInt(position, 10);
  if (last === undefined) return wrongSegment(segment);
  if (position.split('.').some((part) => Number(part) === 0)) return 'counts from 0: fields and components begin at 1';
  return last !== null && field > last ? `${segment} has no field ${field}: the last is ${last}` : null;
}

function wrongSegment(name: string): string | null {
  if (!/^[A-Z][A-Z0-9]{2}$/.test(name)) return 'is not a segment name such as OBX or ZMH';
  if (lastFieldOf(name) !== undefined) return null;
  return `${name} is no segment of an admission or observation message, and none of a sender's own (Z...)${didYouMean(name, SEGMENT_NAMES)}`;
}

/** Paths inside a segment or a field. One with the segment before it is a common slip. */
function wrongNumbers(text: string, form: RegExp, name: string): string | null {
  if (form.test(text)) return null;
  const [meant = ''] = /\d.*$/.exec(text.replace(/^[A-Z][A-Z0-9]{2}-/, '')) ?? [];
  return `is not ${name}${form.test(meant) ? `; did you mean "${meant}"?` : ''}`;
}
