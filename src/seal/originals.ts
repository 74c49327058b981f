import { canonical } from './canonical.js';
import { type Hash, leafHash } from './merkle.js';

/**
 * What is sealed of each original row: what never changes of it. Times are instants in UTC to the microsecond; ids are
 * row ids, in the order in which rows were begun.
 */
export type Original = MessageOriginal | StatedOriginal | VersionOriginal | AttemptOriginal | LookOriginal;

/** `sha256` is of the exact bytes. */
export type MessageOriginal = {
  kind: 'message';
  id: string;
  receivedAt: string;
  transport: string;
  sender: string;
  application: string;
  controlId: string;
  sentAt: string;
  messageCode: string;
  trigger: string;
  ack: string;
  reused: boolean;
  sha256: string;
};

export type StatedOriginal = { kind: 'stated-fact'; id: string; recordedAt: string; recordedBy: string; fact: unknown };

/** A version of the ledger: what a body was to be told. */
export type VersionOriginal = {
  kind: 'version';
  id: string;
  personKey: string;
  body: string;
  bodyKind: string;
  recordVersion: number;
  publishedAt: string;
  content: unknown;
};

/** One attempt at handing over a version; `confirmed` is the body's own answer. */
export type AttemptOriginal = {
  kind: 'attempt';
  id: string;
  version: string;
  attempt: number;
  startedAt: string;
  endedAt: string;
  result: string;
  httpStatus: number | null;
};

/** A line of the audit: who looked at whom, or changed what. */
export type LookOriginal = {
  kind: 'look';
  id: string;
  at: string;
  who: string;
  role: string;
  action: string;
  subject: string;
  reason: string | null;
};

export type OriginalKind = Original['kind'];

/** In the order in which a seal has its leaves. Never reordered: places of kinds are in every seal that was made. */
export const ORIGINAL_KINDS = ['message', 'stated-fact', 'version', 'attempt', 'look'] as const;

export const leafOf = (original: Original): Hash => leafHash(canonical(original));

const KIND_APART = 1e15;

/**
 * One number for each row of every kind, so that a seal says in one list what it covers: the id, with 10^15 for each
 * kind before.
 */
export const placeOf = ({ kind, id }: Pick<Original, 'kind' | 'id'>): number =>
  ORIGINAL_KINDS.indexOf(kind) * KIND_APART + Number(id);

/** The row at a place; null where no kind has it. */
export function rowAt(place: number): Pick<Original, 'kind' | 'id'> | null {
  const kind = ORIGINAL_KINDS[Math.floor(place / KIND_APART)];
  return kind === undefined ? null : { kind, id: String(place % KIND_APART) };
}

/** Whole numbers in ascending order, as PostgreSQL writes a multirange: `{[1,4],[7,7]}`. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] + 1 === number) last[1] = number;
    else ranges.push([number, number]);
  }
  return `{${ranges.map(([from, to]) => `[${from},${to}]`).join(',')}}`;
}

/** Every number that a multirange covers, in ascending order; null where they are not as many. */
export function numbersIn(ranges: string, count: number): number[] | null {
  const numbers: number[] = [];
  for (const [, from, to] of ranges.matchAll(/\[(\d+),(\d+)\)/g)) {
    if (numbers.length + Number(to) - Number(from) > count) return null;
    for (let number = Number(from); number < Number(to); number += 1) numbers.push(number);
  }
  return numbers.length === count ? numbers : null;
}

/** Where each number stands among all that a multirange covers, from 0; null where it is not covered. */
export function positionsIn(ranges: string): (number: number) => number | null {
  let before = 0;
  const starts = [...ranges.matchAll(/\[(\d+),(\d+)\)/g)].map(([, from, to]) => {
    const range = { from: Number(from), to: Number(to), before };
    before += range.to - range.from;
    return range;
  });
  return (number) => {
    const range = starts.find(({ from, to }) => from <= number && number < to);
    return range ? range.before + number - range.from : null;
  };
}
