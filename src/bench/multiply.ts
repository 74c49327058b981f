import type { Pool, PoolClient } from 'pg';
import { nhsNumber } from '../invented.js';
import { COPY_ROWS, COUNT_ON_FROM_HERE, NOTE_SEEDS, SPREAD_SEEDS } from './multiply-sql.js';

/** A person whom the service itself has been told of, and of whom there will be copies. */
export type Seed = { nhsNumber: string; localNumber: string };

type Town = { seeds: readonly Seed[]; copies: number; from: Date; until: Date; say(text: string): void; goOn(): void };

/** Says how far it is so many times. */
const TOLD = 10;

/**
 * Copies every row of every seed under new keys, control ids, local numbers and NHS numbers. Messages are spread evenly
 * between the two times, one copy of everybody after another, with ids in the order of arrival as in life. `goOn` throws
 * when it is to stop.
 */
export async function multiply(pool: Pool, town: Town): Promise<void> {
  const { seeds, copies, from, until, say, goOn } = town;
  const slotMs = (until.getTime() - from.getTime()) / (copies + 1);
  const client = await pool.connect();
  try {
    await noteSeeds(client, seeds);
    await client.query(SPREAD_SEEDS, [from, slotMs]);
    for (let copy = 1; copy <= copies; copy++) {
      goOn();
      await copyOnce(client, { copy, seeds, startsAt: new Date(from.getTime() + slotMs * copy), slotMs });
      if (Math.floor((copy * TOLD) / copies) > Math.floor(((copy - 1) * TOLD) / copies)) {
        say(`  ${copy} of ${copies} copies`);
      }
    }
    for (const statement of COUNT_ON_FROM_HERE) await client.query(statement);
  } finally {
    // The tables that it made for itself go with the connection.
    client.release(true);
  }
  await pool.query('vacuum (analyze)');
}

async function noteSeeds(client: PoolClient, seeds: readonly Seed[]): Promise<void> {
  for (const statement of NOTE_SEEDS) await client.query(statement);
  await client.query(
    `insert into seed_people (place, person_key, nhs_number, local_number)
     select t.place, n.person_key, t.nhs_number, t.local_number
       from unnest($1::text[], $2::text[]) with ordinality as t (nhs_number, local_number, place)
       join nodes n on n.node = 'nhs:' || t.nhs_number`,
    [seeds.map((seed) => seed.nhsNumber), seeds.map((seed) => seed.localNumber)],
  );
  await client.query(
    `insert into seed_messages (id, person_key, share)
     select m.id, p.person_key, (row_number() over (order by m.id) - 1.0) / count(*) over ()
       from messages m
       join seed_people p on p.local_number = split_part(m.control_id, 'M', 1)`,
  );
  await client.query(
    `insert into largest_ids (message, interpretation, node, publication)
     select (select max(id) from messages), (select max(id) from interpretations),
            (select max(id) from nodes), coalesce((select max(id) from publications), 0)`,
  );
  await client.query('analyze seed_people, seed_messages');
}

type Copy = { copy: number; seeds: readonly Seed[]; startsAt: Date; slotMs: number };

async function copyOnce(client: PoolClient, { copy, seeds, startsAt, slotMs }: Copy): Promise<void> {
  await client.query('begin');
  await client.query('truncate copy_now, copy_people');
  await client.query(
    `insert into copy_now (copy, starts_at, slot)
     select $1, $2, $3 * interval '1 millisecond'`,
    [copy, startsAt, slotMs],
  );
  await client.query(
    `insert into copy_people (seed_key, person_key, seed_nhs, nhs, seed_local, local)
     select s.person_key, overlay(overlay(md5(s.person_key || ':' || $1) placing '4' from 13) placing '8' from 17)::uuid,
            s.nhs_number, t.nhs_number, s.local_number, s.local_number || 'x' || $1
       from seed_people s
       join unnest($2::text[]) with ordinality as t (nhs_number, place) using (place)`,
    [String(copy), seeds.map((_, nth) => nhsNumber(copy * seeds.length + nth))],
  );
  await client.query('analyze copy_people');
  for (const statement of COPY_ROWS) await client.query(statement);
  await client.query('commit');
}
