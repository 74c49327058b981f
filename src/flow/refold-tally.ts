import type { QuestionKind } from '../register/entry.js';
import { type ChangedEntry, FIELDS, type Field } from './refold-difference.js';

/** How many persons a kind of difference has, and one of them. */
export type Alike = { count: number; one: ChangedEntry };

export type ToldCount = { to: string; versions: number; says: Record<string, number> };

/** Sums over any number of people, in as much memory as there are kinds of difference. */
export type Tally = {
  /** Folded and compared; of these `changed` differ, or some body hears of them. */
  compared: number;
  changed: number;
  /** Somebody has said something of them that waits to be folded anyway. */
  waiting: number;
  failed: number;
  fields: Partial<Record<Field, number>>;
  opened: Partial<Record<QuestionKind, number>>;
  closed: Partial<Record<QuestionKind, number>>;
  told: ToldCount[];
  alike: Alike[];
  /** Changed, and like none of `alike`. */
  unlike: number;
};

/** One person of a batch that was compared. */
export type Batch = { compared: number; waiting: number; failed: number; people: ChangedEntry[] };

const MOST_ALIKE = 20;

export function openTally() {
  const sums: Tally = {
    ...{ compared: 0, changed: 0, waiting: 0, failed: 0, fields: {}, opened: {}, closed: {}, told: [] },
    ...{ alike: [], unlike: 0 },
  };
  const alike = new Map<string, Alike>();
  const told = new Map<string, ToldCount>();

  const add = (person: ChangedEntry) => {
    for (const field of person.fields) count(sums.fields, field);
    for (const kind of person.opened) count(sums.opened, kind);
    for (const kind of person.closed) count(sums.closed, kind);
    for (const { to, says } of person.sent) {
      const body = told.get(to) ?? { to, versions: 0, says: {} };
      told.set(to, body);
      body.versions += 1;
      for (const what of says) count(body.says, what);
    }
    const kind = kindOf(person);
    const known = alike.get(kind);
    if (known) known.count += 1;
    else if (alike.size < MOST_ALIKE) alike.set(kind, { count: 1, one: person });
    else sums.unlike += 1;
  };

  return {
    add({ compared, waiting, failed, people }: Batch): void {
      sums.compared += compared;
      sums.waiting += waiting;
      sums.failed += failed;
      sums.changed += people.length;
      for (const person of people) add(person);
    },
    /** People for whom nothing is left to do. */
    done: (): number => sums.compared + sums.waiting + sums.failed,
    sums: (): Tally => ({
      ...sums,
      fields: inOrder(sums.fields, FIELDS),
      told: [...told.values()].sort((a, b) => (a.to < b.to ? -1 : 1)),
      alike: [...alike.values()].sort((a, b) => b.count - a.count),
    }),
  };
}

function count<Key extends string>(counts: Partial<Record<Key, number>>, key: Key): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

const inOrder = (counts: Tally['fields'], order: readonly Field[]): Tally['fields'] =>
  Object.fromEntries(order.flatMap((field) => (counts[field] === undefined ? [] : [[field, counts[field]]])));

/** Those who differ in the same way: in the same fields, with the same questions, and the same said to bodies. */
const kindOf = ({ fields, opened, closed, sent }: ChangedEntry): string =>
  JSON.stringify([fields, opened, closed, sent.map(({ to, says }) => [to, says])]);
