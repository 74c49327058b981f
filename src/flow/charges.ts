import type { Pool } from 'pg';
import { Fault } from '../fault.js';
import type { LoadMapping } from '../interpret/load-mapping.js';
import type { Refusal } from '../interpret/load-row.js';
import type { Mappings } from '../interpret/mappings.js';
import type { Log } from '../log.js';
import { CHARGE_KINDS, type Charge, type Charged, type ChargeKind, chargedBeside } from '../register/charged.js';
import type { Day } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import { type ChargedPerson, chargeStore } from '../store/charges.js';
import { entryStore } from '../store/entries.js';
import { factStore } from '../store/facts.js';
import type { ChargeGroup } from '../store/open-charges.js';
import { inTransaction } from '../store/transaction.js';
import { type FoldDeps, foldDue } from './fold.js';
import { openMapped } from './mapped-sheet.js';
import { chargeQuestions } from './open-charges.js';
import { recordAll } from './record-all.js';
import { ofWholeRegister, refuseWhileRebuilding } from './whole-register.js';

/** Somebody who is charged in a time in which aftercare is owed, as far as this register knows. */
export type PersonCharged = {
  personKey: string;
  nhsNumber: string | null;
  council: string | null;
  charged: Charged[];
  /** Asked without a charge: at a death, or of a detention that was told late. */
  unchecked: string[];
};

/** `pence`: what was charged in these times up to today. `services`: by what it is for. */
export type ChargeSums = {
  people: number;
  charges: number;
  pence: number;
  kinds: Record<ChargeKind, { charges: number; pence: number }>;
  services: { for: string; charges: number; pence: number }[];
};

const PAGE = 200;

/** Everybody of whom it is asked whether a charge was given back. Throws Fault `rebuilding`. */
export async function* chargedPeople(pool: Pool, today: Day, body?: string): AsyncGenerator<PersonCharged[]> {
  for (let after: string | null = null; ; ) {
    const page = await ofWholeRegister(pool, () => chargeStore(pool).people({ body, limit: PAGE, after }));
    yield page.map((person) => personCharged(person, today));
    after = page.at(-1)?.personKey ?? null;
    if (after === null) return;
  }
}

/** What is still asked, and no more: what was answered or taken back is settled. */
export function personCharged({ personKey, entry, charges }: ChargedPerson, today: Day): PersonCharged {
  const asked = chargeQuestions(entry);
  const about = new Set(asked.flatMap(({ facts }) => facts));
  return {
    personKey,
    nhsNumber: entry.nhsNumber,
    council: entry.council.code,
    charged: charges
      .filter(({ id }) => about.has(id))
      .flatMap((charge) => chargedBeside(charge, entry, today) ?? [])
      .sort((a, b) => b.pence - a.pence),
    unchecked: asked.filter(({ facts }) => !charges.some(({ id }) => facts.includes(id))).map(({ text }) => text),
  };
}

export type FinanceHow = {
  file: string;
  mappingFile: string;
  /** Records the charges, so that they are asked about; those that were recorded before are no news. */
  apply: boolean;
  by: string;
  charged(people: readonly PersonCharged[]): Promise<void>;
  progress(rows: number): void;
};

/**
 * `charges`: that the extract has, each once; `known`: recorded before; `settled`: of them, those that nobody is asked about
 * any more; `beside`: those that fall into no time of aftercare.
 */
export type Finance = {
  rows: number;
  refused: number;
  charges: number;
  known: number;
  settled: number;
  beside: number;
  refusals: Refusal[];
};

type Deps = FoldDeps & { mappings: Mappings; log: Log };

const MOST_REFUSALS = 1_000;

/**
 * A finance extract held against the register. Throws Fault `usage` for a mapping that is wrong or makes no charge of a row,
 * and `rebuilding`.
 */
export async function financeExtract(how: FinanceHow, deps: Deps): Promise<Finance> {
  const tables = { codes: deps.mappings.codes, today: deps.today() };
  const { sheet, read } = await openMapped(how, tables, (mapping) => chargesOnly(mapping, how.mappingFile));
  await refuseWhileRebuilding(deps.pool);
  const found = openExtract(deps);
  const done = { rows: 0, refused: 0, refusals: [] as Refusal[] };
  let batch: Charge[] = [];
  const flush = async () => {
    const charges = found.news(batch);
    batch = [];
    await ofWholeRegister(deps.pool, () => found.judge(charges));
    if (how.apply) await inTransaction(deps.pool, (db) => recordAll(charges, how.by, db));
    how.progress(done.rows);
  };
  for await (const { line, cells } of sheet.rows()) {
    done.rows += 1;
    const row = read(line, cells);
    if (row.kind === 'refused') {
      done.refused += 1;
      done.refusals.push(...row.refusals.slice(0, MOST_REFUSALS - done.refusals.length));
    } else batch.push(...row.facts.filter((fact) => fact.kind === 'charge'));
    if (batch.length >= PAGE) await flush();
  }
  await flush();
  for (const people of inPages(found.people())) await how.charged(people);
  if (how.apply) await foldDue({ ...deps, deliver: () => {} });
  return { ...done, ...found.counts };
}

function chargesOnly(mapping: LoadMapping, where: string): LoadMapping {
  const facts = mapping.facts.filter(({ kind }) => kind === 'charge');
  if (facts.length > 0) return { ...mapping, facts };
  const text = 'makes no charge of a row: docs/charges.md has an example';
  throw new Fault({ code: 'usage', where, text, next: 'give the mapping of the extract with --with' });
}

/** What an extract has charged, person by person: in as much memory as people are charged, and an id for each row. */
function openExtract({ pool, today }: Deps) {
  const seen = new Set<string>();
  const people = new Map<string, PersonCharged>();
  const counts = { charges: 0, known: 0, settled: 0, beside: 0 };
  const judgeOne = (charge: Charge, found: { personKey: string; entry: Entry } | undefined, isKnown: boolean) => {
    const charged = found && chargedBeside(charge, found.entry, today());
    if (!found || !charged) counts.beside += 1;
    else if (isKnown && !chargeQuestions(found.entry).some(({ facts }) => facts.includes(charge.id)))
      counts.settled += 1;
    else personOf(found).charged.push(charged);
  };
  const personOf = ({ personKey, entry }: { personKey: string; entry: Entry }): PersonCharged => {
    const { nhsNumber, council } = entry;
    const person = people.get(personKey) ?? { personKey, nhsNumber, council: council.code, charged: [], unchecked: [] };
    people.set(personKey, person);
    return person;
  };
  return {
    counts,
    people: () => [...people.values()],

    /** A row that stands twice is one charge. */
    news: (charges: readonly Charge[]): Charge[] => charges.filter(({ id }) => !seen.has(id) && seen.add(id)),

    async judge(charges: readonly Charge[]): Promise<void> {
      const before = await inTransaction(pool, (db) => factStore(db).statedBefore(charges.map(({ id }) => id)));
      const known = new Set(before.map(({ id }) => id));
      const entries = await entryStore(pool).byNhsNumbers(charges.flatMap(({ nhsNumber }) => nhsNumber ?? []));
      for (const charge of charges) judgeOne(charge, entries.get(charge.nhsNumber ?? ''), known.has(charge.id));
      counts.charges += charges.length;
      counts.known += known.size;
    },
  };
}

function* inPages(people: readonly PersonCharged[]): Generator<PersonCharged[]> {
  for (let at = 0; at < people.length; at += PAGE) yield people.slice(at, at + PAGE);
}

/** Sums over any number of people, in as much memory as there are services. */
export function openChargeSums() {
  const kinds = Object.fromEntries(CHARGE_KINDS.map((kind) => [kind, { charges: 0, pence: 0 }])) as ChargeSums['kinds'];
  const all = { charges: 0, pence: 0 };
  const services = new Map<string, Sum>();
  let people = 0;
  const addAll = (persons: number, groups: readonly (Sum & Pick<ChargeGroup, 'kinds' | 'for'>)[]): void => {
    people += persons;
    for (const group of groups) {
      const service = services.get(group.for) ?? { charges: 0, pence: 0 };
      services.set(group.for, service);
      for (const sum of [all, service, ...group.kinds.map((kind) => kinds[kind])]) {
        sum.charges += group.charges;
        sum.pence += group.pence;
      }
    }
  };
  return {
    addAll,
    add: ({ charged }: Pick<PersonCharged, 'charged'>): void =>
      addAll(
        1,
        charged.map(({ charge, kinds, pence }) => ({ kinds, for: charge.for, charges: 1, pence })),
      ),
    sums: (): ChargeSums => ({
      ...{ people, ...all, kinds },
      services: [...services].map(([name, of]) => ({ for: name, ...of })).sort(inOrder),
    }),
  };
}

type Sum = { charges: number; pence: number };

const inOrder = (a: Sum & { for: string }, b: Sum & { for: string }): number =>
  b.pence - a.pence || (a.for < b.for ? -1 : 1);
