import type { Pool } from 'pg';
import type { StatedFact } from '../register/fact.js';
import { recordedOn } from '../store/statements.js';

/** The last version that a body was to be told under one identifier of ours. */
export type Latest = { body: string; identifier: string; kind: 'EpisodeOfCare' | 'Flag' | 'CarePlan'; version: number };

export async function latestVersions(pool: Pool): Promise<Latest[]> {
  const { rows } = await pool.query<Latest>(
    `with last as (
       select coalesce(k.merged_into, k.key) as person, p.body, max(p.record_version) as version
         from publications p
         join person_keys k on k.key = p.person_key
        group by 1, 2
     )
     select distinct i.body, x.identifier::text as identifier, x.kind, last.version
       from episode_ids i
       join person_keys k on k.key = i.person_key
       join last on (last.person, last.body) = (coalesce(k.merged_into, k.key), i.body)
      cross join lateral (values (i.episode, 'EpisodeOfCare'), (i.flag, 'Flag'), (i.care_plan, 'CarePlan'))
         as x (identifier, kind)`,
  );
  return rows;
}

/** Of these control ids, those of which there is no row in one of these states. */
export async function notInInbox(pool: Pool, controlIds: readonly string[], states: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select acknowledged.id
       from unnest($1::text[]) as acknowledged (id)
      where not exists (select
                          from messages m
                         where m.control_id = acknowledged.id
                           and m.state      = any ($2::text[]))`,
    [controlIds, states],
  );
  return rows.map(({ id }) => id);
}

/** What people stated, as every fold sees it. */
export async function statedFacts(pool: Pool): Promise<StatedFact[]> {
  const { rows } = await pool.query<{ fact: StatedFact; recordedAt: Date }>(
    `select fact, recorded_at as "recordedAt"
       from stated_facts
      order by id`,
  );
  return rows.map(({ fact, recordedAt }) => recordedOn(fact, recordedAt));
}

export async function deliveriesIn(pool: Pool, state: 'confirmed' | 'parked'): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count
       from deliveries
      where state = $1`,
    [state],
  );
  return rows[0]?.count ?? 0;
}
