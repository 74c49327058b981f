import type { Pool } from 'pg';
import type { StatedFact } from '../register/fact.js';
import { recordedOn } from '../store/statements.js';

/** The last version that a body was to be told under one identifier of ours. */
export type Latest = { body: string; identifier: string; kind: 'EpisodeOfCare' | 'Flag' | 'CarePlan'; version: number };

export async function latestVersions(pool: Pool): Promise<Latest[]> {
  const { rows } = await pool.query<Latest>(
    `with last as (
       select person_key, body, max(record_version) as version
         from publications
        group by person_key, body
     )
     select i.body, x.identifier::text as identifier, x.kind, last.version
       from episode_ids i
       join last on (last.person_key, last.body) = (i.person_key, i.body)
      cross join lateral (values (i.episode, 'EpisodeOfCare'), (i.flag, 'Flag'), (i.care_plan, 'CarePlan'))
         as x (identifier, kind)`,
  );
  return rows;
}

/** Of these control ids, those of which there is no row in one of these states; each with the state and the fault it has. */
export async function notInInbox(
  pool: Pool,
  controlIds: readonly string[],
  states: readonly string[],
): Promise<string[]> {
  const { rows } = await pool.query<{ what: string }>(
    `select concat_ws(' ', acknowledged.id, string_agg(m.state || ' ' || coalesce(i.fault ->> 'code', ''), ', ')) as what
       from unnest($1::text[]) as acknowledged (id)
       left join messages        m on m.control_id = acknowledged.id
       left join interpretations i on i.message_id = m.id
      group by acknowledged.id
     having not coalesce(bool_or(m.state = any ($2::text[])), false)`,
    [controlIds, states],
  );
  return rows.map(({ what }) => what);
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

export async function confirmed(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count
       from deliveries
      where state = 'confirmed'`,
  );
  return rows[0]?.count ?? 0;
}

/** What nobody sends any more, and why. */
export async function parked(
  pool: Pool,
): Promise<{ body: string; version: number; fault: string; outcome: unknown }[]> {
  const { rows } = await pool.query<{ body: string; version: number; fault: string; outcome: unknown }>(
    `select d.body, p.record_version as version, d.last_fault as fault, d.outcome
       from deliveries   d
       join publications p on p.id = d.publication_id
      where d.state = 'parked'`,
  );
  return rows;
}
