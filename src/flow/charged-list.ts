import type { Pool } from 'pg';
import { type Charged, type ChargeKind, chargedBeside, penceOf } from '../register/charged.js';
import { type Month, penceByMonth } from '../register/charged-by-month.js';
import type { Day } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import { type ChargedInShort, type ChargedPerson, chargeStore } from '../store/charges.js';
import { type ChargeSums, openChargeSums, type PersonCharged, personCharged } from './charges.js';
import { ofWholeRegister } from './whole-register.js';

export type ChargedMonth = { pence: number; kinds: Partial<Record<ChargeKind, number>> };

/** Somebody of the list. `question`: by which it is asked; of those `unchecked`, without a charge. */
export type PersonListed = Pick<PersonCharged, 'personKey' | 'nhsNumber' | 'council'> & {
  name: Entry['name'];
  charged: (Charged & { question: string })[];
  unchecked: { question: string; text: string }[];
};

/** Where a page ends: the next one begins after it. */
export type ChargedPlace = { pence: number; personKey: string };

/**
 * Sums are of everybody of whom it is asked, the people those of the kind. `goesOn`: charges that have begun and have no
 * end that has come, by the week.
 */
export type ChargedList = {
  sums: ChargeSums;
  goesOn: { charges: number; pencePerWeek: number };
  months: ReadonlyMap<Month, ChargedMonth>;
  people: PersonListed[];
  next: ChargedPlace | null;
};

type Asked = { body?: string | undefined; kind?: ChargeKind | undefined };
type Page = { after: ChargedPlace | null; persons: number };

const AT_ONCE = 1_000;

/** Who is charged, the largest sum first; those of whom it is asked without a charge come last. */
export function chargedList({ body, kind }: Asked, page: Page, pool: Pool, today: Day): Promise<ChargedList> {
  return ofWholeRegister(pool, async () => {
    const [sums, time, places] = [openChargeSums(), openTime(today), openPlaces(page)];
    for await (const page of everybody(pool, body)) {
      for (const { personKey, episodes, charges } of page) {
        const charged = charges.flatMap((charge) => chargedBeside(charge, { episodes }, today) ?? []);
        sums.add({ charged });
        for (const each of charged) time.add(each);
        if (kind === undefined || charged.some(({ kinds }) => kinds.includes(kind)))
          places.add({ personKey, pence: sumOf(charged) });
      }
    }
    const { shown, next } = places.page();
    return { sums: sums.sums(), ...time.found(), people: await peopleAt(shown, pool, today), next };
  });
}

const sumOf = (charged: readonly Charged[]): number => charged.reduce((sum, { pence }) => sum + pence, 0);

/** In pages; while one is reckoned with, the database reads the next. */
async function* everybody(pool: Pool, body: string | undefined): AsyncGenerator<ChargedInShort[]> {
  const read = (after: string | null) => {
    const page = chargeStore(pool).inShort({ body, limit: AT_ONCE, after });
    page.catch(() => undefined); // it is awaited later, and thrown then
    return page;
  };
  for (let next = read(null); ; ) {
    const page = await next;
    const last = page.length < AT_ONCE ? undefined : page.at(-1);
    if (last) next = read(last.personKey);
    yield page;
    if (!last) return;
  }
}

/** In as much memory as there are months. */
function openTime(today: Day) {
  const months = new Map<Month, ChargedMonth>();
  const goesOn = { charges: 0, pencePerWeek: 0 };
  return {
    add(charged: Charged): void {
      for (const [month, pence] of penceByMonth(charged, today)) {
        const sum = months.get(month) ?? { pence: 0, kinds: {} };
        months.set(month, sum);
        sum.pence += pence;
        for (const kind of charged.kinds) sum.kinds[kind] = (sum.kinds[kind] ?? 0) + pence;
      }
      if (!charged.while.some(({ from, to }) => from <= today && (to === null || to >= today))) return;
      goesOn.charges += 1;
      goesOn.pencePerWeek += penceOf(charged.charge.amountPerWeek);
    },
    found: () => ({ months, goesOn }),
  };
}

/** The first so many after a place, whatever comes; one more says whether others follow. */
function openPlaces({ after, persons }: Page) {
  let first: ChargedPlace[] = [];
  const keep = () => {
    first = first.sort(inOrder).slice(0, persons + 1);
  };
  return {
    add(place: ChargedPlace): void {
      if (after !== null && inOrder(place, after) <= 0) return;
      first.push(place);
      if (first.length > 10 * persons) keep();
    },
    page(): { shown: ChargedPlace[]; next: ChargedPlace | null } {
      keep();
      const shown = first.slice(0, persons);
      return { shown, next: first.length > persons ? (shown.at(-1) ?? null) : null };
    },
  };
}

const inOrder = (a: ChargedPlace, b: ChargedPlace): number =>
  b.pence - a.pence || (a.personKey < b.personKey ? -1 : Number(a.personKey > b.personKey));

async function peopleAt(places: readonly ChargedPlace[], pool: Pool, today: Day): Promise<PersonListed[]> {
  const keys = places.map(({ personKey }) => personKey);
  const rows = await chargeStore(pool).people({ keys, limit: keys.length });
  const found = new Map(rows.map((row) => [row.personKey, row]));
  return keys.flatMap((key) => listed(found.get(key), today));
}

/** Nobody where the last question was answered while the list was made. */
function listed(row: ChargedPerson | undefined, today: Day): PersonListed[] {
  if (!row) return [];
  const questions = row.entry.questions.filter(({ kind }) => kind === 'charges-unchecked');
  const byFact = new Map(questions.flatMap(({ id, facts }) => facts.map((fact) => [fact, id] as const)));
  const { charged, unchecked, ...person } = personCharged(row, today);
  return [
    {
      ...person,
      name: row.entry.name,
      charged: charged.map((each) => ({ ...each, question: byFact.get(each.charge.id) ?? '' })),
      unchecked: questions.flatMap(({ id, text }) => (unchecked.includes(text) ? [{ question: id, text }] : [])),
    },
  ];
}
