import type { Db } from './transaction.js';

/** `subject` is a person key or a row id, never an NHS number. */
export type AuditLine = { who: string; role: string; action: string; subject: string; reason: string | null };

export type RecordedLine = AuditLine & { id: string; at: Date };

export type AuditSearch = {
  who?: string | undefined;
  /** Any of these: a person's keys, for example. */
  subject?: readonly string[] | undefined;
  action?: string | undefined;
  before?: string | undefined;
  limit: number;
};

/** Who is looking, as what; `reason` where a command was run for one. */
export type Looker = { who: string; role: string; reason?: string };

/** A person in a list is seen, however little the list shows. */
export const SEEN_IN_A_LIST = 'person-listed';

export function auditStore(db: Db) {
  return {
    record: async (line: AuditLine): Promise<void> => void (await recordAll(db, [line])),

    /** The same; its row id. */
    recordOne: async (line: AuditLine): Promise<string> => (await recordAll(db, [line]))[0] ?? '',

    /** One line for each of several subjects that were seen together. */
    recordAll: async (lines: readonly AuditLine[]): Promise<void> => void (await recordAll(db, lines)),

    /** One line for each person of a list that is shown, however often the list names the same person. */
    async recordListed(personKeys: Iterable<string>, { who, role, reason }: Looker): Promise<void> {
      const line = { who, role, action: SEEN_IN_A_LIST, reason: reason ?? null };
      await recordAll(
        db,
        [...new Set(personKeys)].map((subject) => ({ ...line, subject })),
      );
    },

    /** Who looked at or changed a subject, newest first. */
    async of(subject: string, limit: number): Promise<RecordedLine[]> {
      const { rows } = await db.query<RecordedLine>(
        `select id, at, who, role, action, subject, reason
           from audit
          where subject = $1
          order by id desc
          limit $2`,
        [subject, limit],
      );
      return rows;
    },

    /** Newest first, of one person who looked, one subject, one kind of action, or all. */
    async search({ who, subject, action, before, limit }: AuditSearch): Promise<RecordedLine[]> {
      const { rows } = await db.query<RecordedLine>(
        `select id, at, who, role, action, subject, reason
           from audit
          where ($1::text   is null or who = $1)
            and ($2::text[] is null or subject = any ($2))
            and ($3::text   is null or action = $3)
            and ($4::bigint is null or id < $4)
          order by id desc
          limit $5`,
        [who ?? null, subject ?? null, action ?? null, before ?? null, limit],
      );
      return rows;
    },
  };
}

async function recordAll(db: Db, lines: readonly AuditLine[]): Promise<string[]> {
  if (lines.length === 0) return [];
  const { rows } = await db.query<{ id: string }>(
    `insert into audit (who, role, action, subject, reason)
     select who, role, action, subject, reason
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
            with ordinality as t (who, role, action, subject, reason, position)
      order by position
  returning id`,
    [
      lines.map(({ who }) => who),
      lines.map(({ role }) => role),
      lines.map(({ action }) => action),
      lines.map(({ subject }) => subject),
      lines.map(({ reason }) => reason),
    ],
  );
  return rows.map(({ id }) => id);
}
