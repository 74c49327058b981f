import type { Pool } from 'pg';
import { pause, until } from '../support/process.js';
import { untilSettled } from '../support/service.js';
import type { Tally } from './senders.js';
import type { HeldFlag } from './sink.js';
import { COUNCIL, connectionsTo, type Town } from './town.js';

/** What became of what was acknowledged. */
export type Reckoning = {
  acknowledged: number;
  /** People of whom the council holds exactly one active Flag, of the latest version. */
  delivered: number;
  /** Control ids, and people, that were acknowledged and are not where they belong. */
  lost: string[];
  doubled: string[];
  /** Sockets that were left without answer and without end. */
  socketsLeft: number;
};

const SETTLES_WITHIN_MS = 300_000;

/** Waits until nothing is left to do, and compares by id: senders, inbox, ledger, council. */
export async function reckon(town: Town, tally: Tally): Promise<Reckoning> {
  return town.look(async (pool) => {
    const isSettled = await untilSettled(pool, SETTLES_WITHIN_MS).then(
      () => true,
      () => false,
    );
    const missing = await notInterpreted(pool, [...tally.acknowledged]);
    const latest = await latestVersions(pool);
    const delivered = deliveredTo(town.council.flags(), latest);
    const untold = [...tally.told].filter((nhsNumber) => !delivered.has(nhsNumber));
    return {
      acknowledged: tally.acknowledged.size,
      delivered: delivered.size,
      lost: [...(isSettled ? [] : ['work was left undone']), ...missing, ...untold],
      doubled: [...town.council.doubled(), ...(await keptTwice(pool))],
      socketsLeft: tally.leftWaiting + (await connectionsLeft(town)),
    };
  });
}

async function notInterpreted(pool: Pool, controlIds: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select acknowledged.id
       from unnest($1::text[]) as acknowledged (id)
      where not exists (select from messages m
                         where m.control_id = acknowledged.id
                           and m.state      = 'interpreted')`,
    [controlIds],
  );
  return rows.map(({ id }) => id);
}

async function keptTwice(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select control_id as id
       from messages
      group by control_id
     having count(*) > 1`,
  );
  return rows.map(({ id }) => `a second row of message ${id}`);
}

/** Of the ledger, by the Flag's identifier. */
async function latestVersions(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ flag: string; version: number }>(
    `select i.flag, max(p.record_version) as version
       from episode_ids i
       join publications p on (p.person_key, p.body) = (i.person_key, i.body)
      where i.body = $1
      group by i.flag`,
    [COUNCIL],
  );
  return new Map(rows.map(({ flag, version }) => [flag, version]));
}

function deliveredTo(flags: readonly HeldFlag[], latest: ReadonlyMap<string, number>): Set<string> {
  const active = flags.filter(({ status }) => status === 'active');
  const current = active.filter(({ identifier, recordVersion }) => latest.get(identifier) === recordVersion);
  const times = new Map<string, number>();
  for (const { nhsNumber } of active) times.set(nhsNumber, (times.get(nhsNumber) ?? 0) + 1);
  return new Set(current.filter(({ nhsNumber }) => times.get(nhsNumber) === 1).map(({ nhsNumber }) => nhsNumber));
}

/** The senders have closed; the service follows. */
async function connectionsLeft({ mllpPort }: Town): Promise<number> {
  await until(async () => ((await connectionsTo(mllpPort)) ?? 0) === 0, 'connections closed').catch(() => pause(0));
  return (await connectionsTo(mllpPort)) ?? 0;
}
