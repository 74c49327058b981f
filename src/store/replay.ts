import type { Pool, PoolClient } from 'pg';
import type { FaultDetail } from '../fault.js';
import type { Entry } from '../register/entry.js';
import type { MessageFact } from '../register/fact.js';
import { reachable } from './closure.js';
import { type CompactFacts, expandFacts } from './compact-facts.js';
import type { PendingMessage } from './inbox.js';
import { keyText } from './text.js';
import type { Db } from './transaction.js';

/** Which stored messages are meant; what is left out does not narrow. */
export type Selection = { ids?: readonly string[]; parked?: boolean; sender?: string; since?: Date };

/** A message with what the newest interpretation says of it. */
export type Interpreted = PendingMessage & {
  controlId: string;
  trigger: string;
  outcome: 'interpreted' | 'ignored' | 'parked';
  fault: FaultDetail | null;
  definition: string;
  facts: MessageFact[];
};

/** Nodes by name, periods as the sender with its number, and messages that name any of them. */
type From = { names: readonly string[]; periods: readonly string[]; messageIds: readonly string[] };

/** Nodes by id and by name, the periods told of them, and the messages that name any of them. */
export type Around = { nodeIds: string[]; names: string[]; periods: string[]; messageIds: string[] };

export type PersonEntry = { personKey: string; entry: Entry };

export function replayStore(db: Db) {
  return {
    /**
     * Messages that have been interpreted, oldest first, in pages; `after` is the last id of the page before. What was
     * rejected or reused a control ID is never among them.
     */
    async interpreted({ ids, parked, sender, since }: Selection, limit: number, after: string): Promise<Interpreted[]> {
      const { rows } = await db.query<Omit<Interpreted, 'facts'> & { facts: CompactFacts }>(
        `select m.id, m.received_at as "receivedAt", m.sender, m.application, c.content, m.trigger,
                m.control_id as "controlId", newest.outcome, newest.fault, newest.definition, newest.facts
           from messages m
           join message_contents c on c.message_id = m.id
          cross join lateral (
                select outcome, fault, definition, facts
                  from interpretations i
                 where i.message_id = m.id
                 order by i.id desc
                 limit 1
                ) newest
          where m.id > $1
            and m.state in ('interpreted', 'ignored', 'parked')
            and not m.reused
            and ($2::bigint[] is null or m.id = any ($2))
            and (not $3 or m.state = 'parked')
            and ($4::text is null or m.sender = $4)
            and ($5::timestamptz is null or m.received_at >= $5)
          order by m.id
          limit $6`,
        [after, ids ?? null, parked ?? false, sender ?? null, since ?? null, limit],
      );
      return rows.map((row) => ({ ...row, facts: expandFacts(row.facts) }));
    },

    /** What may concern one person: the closures of these names, and of what these messages name and these periods were told of. */
    async around({ names, periods, messageIds }: From): Promise<Around> {
      const { rows: from } = await db.query<{ id: string }>(
        `select id
           from nodes
          where node = any ($1::text[])
          union
         select node_id
           from told_periods
          where period = any ($2::text[])
          union
         select node_id
           from mentions
          where message_id = any ($3::bigint[])`,
        [names, periods.map(keyText), messageIds],
      );
      const parts = await reachable(
        db,
        from.map(({ id }) => id),
      );
      const nodeIds = [...new Set(parts.flat())].sort((a, b) => Number(a) - Number(b));
      const { rows } = await db.query<Omit<Around, 'nodeIds'>>(
        `select (select coalesce(array_agg(node), '{}')
                   from nodes
                  where id = any ($1::bigint[])) as names,
                (select coalesce(array_agg(distinct period), '{}')
                   from told_periods
                  where node_id = any ($1::bigint[])) as periods,
                (select coalesce(array_agg(distinct message_id), '{}')::text[]
                   from mentions
                  where node_id = any ($1::bigint[])
                    and message_id is not null) as "messageIds"`,
        [nodeIds],
      );
      return { nodeIds, ...(rows[0] ?? { names: [], periods: [], messageIds: [] }) };
    },

    /** The entries of whoever these nodes name. */
    async entriesOf(nodeIds: readonly string[]): Promise<PersonEntry[]> {
      const { rows } = await db.query<PersonEntry>(
        `select person_key as "personKey", entry
           from entries
          where person_key in (select person_key from nodes where id = any ($1::bigint[]))
          order by person_key`,
        [nodeIds],
      );
      return rows;
    },

    /** The newest version in the ledger for each of these persons and bodies. */
    async newestVersions(
      of: readonly { personKey: string; body: string }[],
    ): Promise<{ personKey: string; body: string; recordVersion: number }[]> {
      const { rows } = await db.query<{ personKey: string; body: string; recordVersion: number }>(
        `select person_key as "personKey", body, max(record_version) as "recordVersion"
           from publications
          where (person_key, body) in (select * from unnest($1::uuid[], $2::text[]))
          group by person_key, body
          order by person_key, body`,
        [of.map(({ personKey }) => personKey), of.map(({ body }) => body)],
      );
      return rows;
    },
  };
}

/** Runs `work` in one transaction that is undone whatever comes of it: what would happen, by what does happen. */
export async function inRehearsal<T>(pool: Pool, work: (db: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    return await work(client);
  } finally {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    client.release(broken);
  }
}
