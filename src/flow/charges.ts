import type { Pool } from 'pg';
import type { Refusal } from '../interpret/load-row.js';
import type { Mappings } from '../interpret/mappings.js';
import type { Log } from '../log.js';
import { CHARGE_KINDS, type Charge, type Charged, type ChargeKind, chargedBeside } from '../register/charged.js';
import type { Day } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import { nodesOf } from '../register/nodes.js';
import { chargeStore } from '../store/charges.js';
import { entryStore } from '../store/entries.js';
import { factStore } from '../store/facts.js';
import { inTransaction } from '../store/transaction.js';
import { type FoldDeps, foldDue } from './fold.js';
import { openMapped } from './mapped-sheet.js';

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

/** Everybody of whom it is asked whether a charge was given back. */
export async function* chargedPeople(pool: Pool, today: Day, body?: string): AsyncGenerator<PersonCharged[]> {
  for (let after: string | null = null; ; ) {
    const page = await chargeStore(pool).people({ body, limit: PAGE, after });
    yield page.map(({ personKey, entry, charges }) => open(personKey, { entry, charges }, today));
    after = page.at(-1)?.personKey ?? null;
    if (after === null) return;
  }
}

/** What is still asked, and no more: what was answered or taken back is settled. */
function open(personKey: string, { entry, charges }: { entry: Entry; charges: Charge[] }, today: Day): PersonCharged {
  const asked = entry.questions.filter(({ kind }) => kind === 'charges-unchecked');
  const about = new Set(asked.flatMap(({ facts }) => facts));
  return {
    personKey,
    nhsNumber: entry.nhsNumber,
    council: entry.council.code,
    charged: charges
      .filter(({ id }) => about.has(id))
      .flatMap((charge) => chargedBeside(charge, entry, [], today) ?? [])
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

/** `charges`: that the extract has; `known`: recorded before; `beside`: of them, those that fall into no time of aftercare. */
export type Finance = {
  rows: number;
  refused: number;
  charges: number;
  known: number;
  beside: number;
  refusals: Refusal[];
};

type Deps = FoldDeps & { mappings: Mappings; log: Log };

const MOST_REFUSALS = 1_000;

/** A finance extract held against the register. Throws Fault `usage` for a mapping that is wrong or makes no charge of a row. */
export async function financeExtract(how: FinanceHow, deps: Deps): Promise<Finance> {
  const { sheet, read } = await openMapped(how, { codes: deps.mappings.codes, today: deps.today() });
  const done: Finance = { rows: 0, refused: 0, charges: 0, known: 0, beside: 0, refusals: [] };
  let batch: Charge[] = [];
  const flush = async () => {
    await judge(batch, done, how, deps);
    batch = [];
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
  if (how.apply) await foldDue({ ...deps, deliver: () => {} });
  return done;
}

async function judge(charges: readonly Charge[], done: Finance, how: FinanceHow, deps: Deps): Promise<void> {
  const { pool } = deps;
  const before = await inTransaction(pool, (db) => factStore(db).statedBefore(charges.map(({ id }) => id)));
  const entries = await entryStore(pool).byNhsNumbers(charges.flatMap(({ nhsNumber }) => nhsNumber ?? []));
  const people = new Map<string, PersonCharged>();
  for (const charge of charges) {
    const found = entries.get(charge.nhsNumber ?? '');
    const charged = found && chargedBeside(charge, found.entry, [], deps.today());
    if (!found || !charged) {
      done.beside += 1;
      continue;
    }
    const { personKey, entry } = found;
    const person = people.get(personKey) ?? {
      personKey,
      nhsNumber: entry.nhsNumber,
      council: entry.council.code,
      charged: [],
      unchecked: [],
    };
    person.charged.push(charged);
    people.set(personKey, person);
  }
  done.charges += charges.length;
  done.known += before.length;
  if (how.apply) await record(charges, how.by, pool);
  if (people.size > 0) await how.charged([...people.values()]);
}

async function record(charges: readonly Charge[], recordedBy: string, pool: Pool): Promise<void> {
  await inTransaction(pool, (db) =>
    factStore(db).recordStated(charges.map((fact) => ({ recordedBy, fact, nodes: nodesOf(fact) }))),
  );
}

/** Sums over any number of people, in as much memory as there are services. */
export function openChargeSums() {
  const kinds = Object.fromEntries(CHARGE_KINDS.map((kind) => [kind, { charges: 0, pence: 0 }])) as ChargeSums['kinds'];
  const sums = { people: 0, charges: 0, pence: 0, kinds };
  const services = new Map<string, { charges: number; pence: number }>();
  return {
    add({ charged }: PersonCharged): void {
      sums.people += 1;
      for (const { charge, kinds: found, pence } of charged) {
        sums.charges += 1;
        sums.pence += pence;
        for (const kind of found) addTo(kinds[kind], pence);
        const service = services.get(charge.for) ?? { charges: 0, pence: 0 };
        services.set(charge.for, service);
        addTo(service, pence);
      }
    },
    sums: (): ChargeSums => ({
      ...sums,
      services: [...services].map(([name, of]) => ({ for: name, ...of })).sort((a, b) => b.pence - a.pence),
    }),
  };
}

function addTo(sum: { charges: number; pence: number }, pence: number): void {
  sum.charges += 1;
  sum.pence += pence;
}
