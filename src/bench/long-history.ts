import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { recordFacts } from '../flow/record.js';
import { londonDay } from '../register/day.js';
import type { StatedFact } from '../register/fact.js';
import { benchTables } from './tables.js';

const FACTS = 1_000;
const DAY_MS = 86_400_000;

/** Somebody of whom very much is said, each thing learnt on a day of its own. Returns the first and the last of the days. */
export async function giveLongHistory(
  pool: Pool,
  nhsNumber: string,
  until: Date,
): Promise<{ from: Date; until: Date }> {
  const from = new Date(until.getTime() - FACTS * DAY_MS);
  const days = Array.from({ length: FACTS }, (_, nth) => new Date(from.getTime() + nth * DAY_MS));
  const facts = days.map((day) => chargeOn(londonDay(day.toISOString()), nhsNumber));
  const today = () => londonDay(until.toISOString());
  await recordFacts(facts, 'bench', { ...benchTables(), pool, now: () => until, today });
  await pool.query(
    `update stated_facts s
        set recorded_at = t.recorded_at
       from unnest($1::uuid[], $2::timestamptz[]) as t (id, recorded_at)
      where s.id = t.id`,
    [facts.map(({ id }) => id), days],
  );
  return { from, until };
}

const chargeOn = (day: string, nhsNumber: string): StatedFact => ({
  kind: 'charge',
  id: randomUUID(),
  effectiveAt: `${day}T00:00:00Z`,
  nhsNumber,
  localIds: [],
  source: { by: 'person', statedBy: { organisation: 'RXT', name: 'Invented', role: 'officer' } },
  from: day,
  to: null,
  amountPerWeek: '100.00',
  for: 'invented care',
});
