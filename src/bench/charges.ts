import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { recordFacts } from '../flow/record.js';
import { addDays, londonDay } from '../register/day.js';
import type { StatedFact } from '../register/fact.js';
import { benchTables } from './tables.js';

const AT_ONCE = 200;
const SERVICES = ['residential care', 'supported living', 'home care', 'day centre', 'meals', 'rent'];

/** So many of those to whom aftercare is owed are charged, each for one service. */
export async function chargeSome(pool: Pool, people: number, until: Date): Promise<void> {
  const { rows } = await pool.query<{ number: string; from: string }>(
    `select nhs_number as number, entry #>> '{episodes,-1,from}' as from
       from entries
      where status = 'active'
        and nhs_number is not null
      order by person_key
      limit $1`,
    [people],
  );
  const today = londonDay(until.toISOString());
  const facts = rows.map(({ number, from }, nth) => chargeOf(number, { from, nth, today }));
  const deps = { ...benchTables(), pool, now: () => until, today: () => today };
  for (let first = 0; first < facts.length; first += AT_ONCE)
    await recordFacts(facts.slice(first, first + AT_ONCE), 'bench', deps);
}

type Nth = { from: string; nth: number; today: string };

/** Every third has ended. */
function chargeOf(number: string, { from, nth, today }: Nth): StatedFact {
  const begun = from < addDays(today, -7) ? from : addDays(today, -7);
  return {
    kind: 'charge',
    id: randomUUID(),
    effectiveAt: `${begun}T00:00:00Z`,
    nhsNumber: number,
    localIds: [],
    source: { by: 'person', statedBy: { organisation: 'E08000025', name: 'Invented', role: 'finance officer' } },
    from: begun,
    to: nth % 3 === 0 ? addDays(today, -1) : null,
    amountPerWeek: `${20 + (nth % 900)}.${String(nth % 100).padStart(2, '0')}`,
    for: SERVICES[nth % SERVICES.length] ?? 'other',
    ...(nth % 2 === 0 && { recordedAs: 'care-act' as const }),
  };
}
