import type { Db } from './transaction.js';

/** `subject` is a person key or a row id, never an NHS number. */
export type AuditLine = { who: string; role: string; action: string; subject: string; reason: string | null };

export function auditStore(db: Db) {
  return {
    record: (line: AuditLine): Promise<void> => recordAll(db, [line]),

    /** One line for each of several subjects that were seen together. */
    recordAll: (lines: readonly AuditLine[]): Promise<void> => recordAll(db, lines),

    /** Who looked at or changed a subject, newest first. */
    async of(subject: string, limit: number): Promise<(AuditLine & { id: string; at: Date })[]> {
      const { rows } = await db.query<AuditLine & { id: string; at: Date }>(
        `select id, at, who, role, action, subject, reason
           from audit
          where subject = $1
          order by id desc
          limit $2`,
        [subject, limit],
      );
      return rows;
    },
  };
}

async function recordAll(db: Db, lines: readonly AuditLine[]): Promise<void> {
  if (lines.length === 0) return;
  await db.query(
    `insert into audit (who, role, action, subject, reason)
     select who, role, action, subject, reason
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
            with ordinality as t (who, role, action, subject, reason, position)
      order by position`,
    [
      lines.map(({ who }) => who),
      lines.map(({ role }) => role),
      lines.map(({ action }) => action),
      lines.map(({ subject }) => subject),
      lines.map(({ reason }) => reason),
    ],
  );
}
