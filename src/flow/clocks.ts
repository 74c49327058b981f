import type { Pool } from 'pg';
import type { Day } from '../register/day.js';
import { CLOCK_KINDS, type Clock, type ClockKind, type Entry } from '../register/entry.js';
import type { Rule } from '../register/rule.js';
import { followUp } from '../register/rules/follow-up.js';
import { jointEnding } from '../register/rules/joint-ending.js';
import { planning } from '../register/rules/planning.js';
import { review } from '../register/rules/review.js';
import { writtenNotice } from '../register/rules/written-notice.js';
import type { Site } from '../site.js';
import type { Contact, Contacts } from '../site-contacts.js';
import { entryStore, firstDue } from '../store/entries.js';
import { contactsFor } from './contacts.js';
import { ofWholeRegister } from './whole-register.js';

/** What each clock rests on. */
export const CLOCK_RULES: Record<ClockKind, Rule> = {
  plan: planning,
  'follow-up': followUp,
  review,
  'review-after-readmission': review,
  'other-decision': jointEnding,
  notice: writtenNotice,
};

/** One thing due for one person, and which two bodies owe it. */
export type Due = Omit<Clock, 'facts'> & {
  personKey: string;
  nhsNumber: string | null;
  name: Entry['name'];
  council: string | null;
  icb: string | null;
  cites: string;
  /** Whom the two bodies name to ask for. */
  contacts: Contacts;
};

/** So far ahead it is listed what is due: time to arrange a review. */
export const AHEAD_DAYS = 28;

type Deps = { pool: Pool; site: Pick<Site, 'contacts'> };

type Asked = { by: Day; body?: string | undefined; kinds?: readonly ClockKind[] | undefined };

/** Where a page ends. */
export type DuePlace = { dueOn: Day; personKey: string };

const PAGE = 200;

/** What is open and due by that day, the longest due first, page by page: a register may be larger than the memory. */
export async function* dueBy(asked: Asked, deps: Deps): AsyncGenerator<Due[]> {
  let after: DuePlace | null = null;
  do {
    const page: DuePage = await duePage(asked, { after, persons: PAGE }, deps);
    yield page.due;
    after = page.next;
  } while (after !== null);
}

type DuePage = { due: Due[]; next: DuePlace | null };
type Page = { after: DuePlace | null; persons: number };

/** What is due for the next so many persons; fewer, where others have nothing due of the kinds that are asked about. */
export async function duePage(
  { by, body, kinds = CLOCK_KINDS }: Asked,
  { after, persons }: Page,
  { pool, site }: Deps,
): Promise<DuePage> {
  const rows = await ofWholeRegister(pool, () =>
    entryStore(pool).due({ by, body, limit: persons, after: after ?? undefined }),
  );
  const due = rows
    .flatMap(({ personKey, entry }) => openBy(by, personKey, entry))
    .map((each) => ({ ...each, contacts: contactsFor(each, site) }))
    .filter(({ kind }) => kinds.includes(kind));
  const last = rows.at(-1);
  const isLast = !last || rows.length < persons;
  return { due, next: isLast ? null : { dueOn: firstDue(last.entry) ?? by, personKey: last.personKey } };
}

/** In one line: name, role, and how to reach them. */
export const contactText = ({ name, role, email, telephone }: Contact): string =>
  [name, role, email, telephone].filter((part) => part !== null).join(', ');

const openBy = (
  by: Day,
  personKey: string,
  { clocks, nhsNumber, name, council, icb }: Entry,
): Omit<Due, 'contacts'>[] =>
  clocks
    .filter(({ state, startedOn, dueOn }) => state !== 'done' && (dueOn ?? startedOn) <= by)
    .map(({ facts: _, ...clock }) => ({
      ...clock,
      personKey,
      nhsNumber,
      name,
      council: council.code,
      icb: icb.code,
      cites: CLOCK_RULES[clock.kind].cites,
    }));
