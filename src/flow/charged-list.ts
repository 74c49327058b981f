import type { Pool } from 'pg';
import type { Charged, ChargeKind } from '../register/charged.js';
import { penceByMonth } from '../register/charged-by-month.js';
import type { Day } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { Month } from '../register/month.js';
import { type ChargedPerson, chargeStore } from '../store/charges.js';
import { type ChargedDays, type ChargedPlace, type ChargeGroup, openChargeStore } from '../store/open-charges.js';
import { atOneMoment, type Db } from '../store/transaction.js';
import { type ChargeSums, openChargeSums, type PersonCharged, personCharged } from './charges.js';
import { chargeQuestions } from './open-charges.js';
import { ofWholeRegister } from './whole-register.js';

export type ChargedMonth = { pence: number; kinds: Partial<Record<ChargeKind, number>> };

/** Somebody of the list. `question`: by which it is asked; of those `unchecked`, without a charge. */
export type PersonListed = Pick<PersonCharged, 'personKey' | 'nhsNumber' | 'council'> & {
  name: Entry['name'];
  charged: (Charged & { question: string })[];
  unchecked: { question: string; text: string }[];
};

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

/** Null: of every one. */
export type ChargesAsked = { body: string | null; kind: ChargeKind | null };
type Page = { after: ChargedPlace | null; persons: number };

/** Who is charged, the largest sum first; those of whom it is asked without a charge come last. */
export function chargedList(asked: ChargesAsked, page: Page, pool: Pool, today: Day): Promise<ChargedList> {
  return ofWholeRegister(pool, () => atOneMoment(pool, (db) => read(asked, page, db, today)));
}

async function read(asked: ChargesAsked, { after, persons }: Page, db: Db, today: Day): Promise<ChargedList> {
  const open = openChargeStore(db);
  const sums = openChargeSums();
  const groups = await open.groups(asked.body, today);
  sums.addAll(await open.people(asked.body), groups);
  const months = byMonth(await open.days(asked.body, today));
  // One more says whether others follow.
  const places = await open.places({ ...asked, today }, after, persons + 1);
  const shown = places.slice(0, persons);
  const next = places.length > persons ? (shown.at(-1) ?? null) : null;
  return { sums: sums.sums(), goesOn: goingOn(groups), months, people: await peopleAt(shown, db, today), next };
}

const goingOn = (groups: readonly ChargeGroup[]): ChargedList['goesOn'] => ({
  charges: groups.reduce((sum, { goesOn }) => sum + goesOn.charges, 0),
  pencePerWeek: groups.reduce((sum, { goesOn }) => sum + goesOn.pencePerWeek, 0),
});

function byMonth(days: readonly ChargedDays[]): Map<Month, ChargedMonth> {
  const months = new Map<Month, ChargedMonth>();
  for (const { kinds, stretches } of days) {
    for (const [month, pence] of penceByMonth(stretches)) {
      const sum = months.get(month) ?? { pence: 0, kinds: {} };
      months.set(month, sum);
      sum.pence += pence;
      for (const kind of kinds) sum.kinds[kind] = (sum.kinds[kind] ?? 0) + pence;
    }
  }
  return months;
}

async function peopleAt(places: readonly ChargedPlace[], db: Db, today: Day): Promise<PersonListed[]> {
  const keys = places.map(({ personKey }) => personKey);
  const rows = await chargeStore(db).people({ keys, limit: keys.length });
  const found = new Map(rows.map((row) => [row.personKey, listed(row, today)]));
  return keys.flatMap((key) => found.get(key) ?? []);
}

function listed(row: ChargedPerson, today: Day): PersonListed {
  const questions = chargeQuestions(row.entry);
  const byFact = new Map(questions.flatMap(({ id, facts }) => facts.map((fact) => [fact, id] as const)));
  const { charged, unchecked, ...person } = personCharged(row, today);
  return {
    ...person,
    name: row.entry.name,
    charged: charged.map((each) => ({ ...each, question: byFact.get(each.charge.id) ?? '' })),
    unchecked: questions.flatMap(({ id, text }) => (unchecked.includes(text) ? [{ question: id, text }] : [])),
  };
}
