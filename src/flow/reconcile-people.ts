import type { Pool } from 'pg';
import type { Mappings } from '../interpret/mappings.js';
import type { Directory } from '../organisations/directory.js';
import type { Site } from '../site.js';
import { PARTS, type Reconciled, type RowThere, reconciliationStore } from '../store/reconciliations.js';
import { type Judged, judgePerson, type Reconciling } from './reconcile-person.js';
import type { RegisterRows } from './register-rows.js';
import { ofWholeRegister } from './whole-register.js';

type Deps = { pool: Pool; site: Site; directory: Directory; mappings: Mappings };

const PAGE = 500;

/** Everybody whom either register has, page by page. */
export async function* judgeEverybody(
  id: string,
  { body, register }: { body: Reconciling; register: RegisterRows },
  deps: Deps,
): AsyncGenerator<Judged[]> {
  const store = reconciliationStore(deps.pool);
  const bodies = body.keys;
  const { lookUp, statedBy } = register;
  const by = { ...deps, codes: deps.mappings.codes, statedBy, isOfServer: lookUp !== undefined };
  const judge = (person: Reconciled, rows: readonly RowThere[]) => judgePerson(person, rows, body, by);
  for (let after = ''; ; ) {
    const people = await ofWholeRegister(deps.pool, () => store.people(id, { bodies, limit: PAGE, after }));
    yield lookedAgain(people, judge, lookUp);
    const last = people.at(-1);
    if (!last) break;
    after = last.who;
  }
  for (let from: string | null = null; ; ) {
    const after = from;
    const people: Reconciled[] = await ofWholeRegister(deps.pool, () =>
      store.missing(id, { bodies, limit: PAGE, after }),
    );
    yield lookedAgain(
      people.map((person) => ({ ...person, rows: [] })),
      judge,
      lookUp,
    );
    from = people.at(-1)?.personKey ?? null;
    if (from === null) return;
  }
}

type WithRows = Reconciled & { rows: RowThere[] };
type Judge = (person: Reconciled, rows: readonly RowThere[]) => Judged | null;

/** Who changes places while pages are read may stand on none of them: before somebody lacks a part, it is looked up. */
async function lookedAgain(
  people: readonly WithRows[],
  judge: Judge,
  lookUp: RegisterRows['lookUp'],
): Promise<Judged[]> {
  const all = people.map((person) => ({ person, rows: person.rows, judged: judge(person, person.rows) }));
  for (const type of lookUp ? PARTS : []) {
    const lacking = all.flatMap(({ judged }) => judged?.lacks ?? []).filter((part) => part.type === type);
    const found =
      lacking.length === 0
        ? []
        : ((await lookUp?.(
            type,
            lacking.map(({ uuid }) => uuid),
          )) ?? []);
    for (const each of all) {
      const own = found.filter(({ resource }) => each.judged?.lacks.some(({ uuid }) => uuid === resource?.uuid));
      if (own.length === 0) continue;
      each.rows = [...each.rows, ...own];
      each.judged = judge(each.person, each.rows);
    }
  }
  return all.flatMap(({ judged }) => judged ?? []);
}
