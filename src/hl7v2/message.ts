/** What MSH says, as written. Empty text where a field is empty. */
export type Header = {
  /** How the header's bytes became this text; written back the same way, they are the same bytes. */
  encoding: 'utf8' | 'latin1';
  sendingApplication: string; // MSH-3.1
  sendingFacility: string; // MSH-4.1
  receivingApplication: string; // MSH-5.1
  receivingFacility: string; // MSH-6.1
  sentAt: string; // MSH-7.1, as written
  messageCode: string; // MSH-9.1, e.g. ADT
  trigger: string; // MSH-9.2, e.g. A03
  controlId: string; // MSH-10, echoed byte for byte in MSA-2
  processingId: string; // MSH-11
  version: string; // MSH-12.1
  acceptAck: string; // MSH-15
  applicationAck: string; // MSH-16
  charset: string; // MSH-18, first repetition
  /** MSH-3 to MSH-6 whole, escapes and all, so that an acknowledgement can swap them unchanged. */
  raw: { msh3: string; msh4: string; msh5: string; msh6: string; msh11: string; msh12: string; msh18: string };
  separators: { field: string; component: string; repetition: string; escape: string; subcomponent: string };
};

/**
 * One segment in any version and any Z-segment alike, addressed the way HL7 people write it: `3` is the field, `3.1` its first component,
 * `3.4.2` a sub-component. A path that stops short reads the first part below it, so `3`, `3.1` and `3.1.1` are one value.
 * Values are unescaped. `null` when empty; `""` (delete) is `null` too and told apart by `isDeleted`.
 */
export interface Segment {
  readonly name: string;
  /** 1-based place of this segment in the message, for error texts. */
  readonly line: number;
  /** First repetition of `path`; null when empty or `""`. */
  value(path: string): string | null;
  /** True when all that `path` holds (first repetition) is `""`: the sender deletes the value. */
  isDeleted(path: string): boolean;
  /** Number of repetitions of a field; 0 when empty. */
  repetitions(field: number): number;
  /** Value in the nth (0-based) repetition: `at(3, 1, '4.1')` is PID-3(2).4.1. */
  at(field: number, repetition: number, componentPath: string): string | null;
}

export interface Message {
  readonly header: Header;
  /** The first segment of this name. */
  segment(name: string): Segment | null;
  segments(name: string): Segment[];
  /** `PID-3.1` in the first segment of that name. */
  value(path: string): string | null;
}
