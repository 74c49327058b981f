import { addDays, type Day } from '../register/day.js';
import type { Body, Span, Succession } from './directory.js';

/** Bodies by every code they are written with, and the links between them, ready for look-up. */
export type Graph = {
  /** Spans by code, in order of time. */
  spans: ReadonlyMap<string, readonly Span[]>;
  /** Successions by `code@day`. */
  onwards: ReadonlyMap<string, readonly Succession[]>;
  backwards: ReadonlyMap<string, readonly Succession[]>;
};

/** The first day after a body's last one. */
export const spanOf = (body: Body, answersTo: string | null): Span => ({
  body,
  answersTo,
  after: body.to === null ? null : addDays(body.to, 1),
});

/** Indexes one family of bodies. Councils are also known by their ODS code. */
export function graphOf(spans: readonly Span[], successions: readonly Succession[]): Graph {
  const byCode = new Map<string, Span[]>();
  for (const span of spans) {
    for (const code of new Set([span.body.code, span.body.ods])) if (code !== null) append(byCode, code, span);
  }
  for (const list of byCode.values()) list.sort((a, b) => order(a.body.from ?? '', b.body.from ?? ''));
  const onwards = new Map<string, Succession[]>();
  const backwards = new Map<string, Succession[]>();
  for (const succession of successions) {
    append(onwards, at(succession.from, succession.on), succession);
    append(backwards, at(succession.to, succession.on), succession);
  }
  return { spans: byCode, onwards, backwards };
}

/** What a code meant on a day, if anything. */
export const spanOn = (graph: Graph, code: string, day: Day): Span | undefined =>
  graph.spans.get(code)?.find((span) => startsBy(span, day) && (span.after === null || day < span.after));

/** True when the span has begun by that day. */
export const startsBy = (span: Span, day: Day): boolean => span.body.from === null || span.body.from <= day;

/** The key of `onwards` and `backwards`. */
export const at = (code: string, day: Day): string => `${code}@${day}`;

/** Plain text order, which for days and codes is what is wanted, in every locale. */
export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
