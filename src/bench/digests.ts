import type { Pool } from 'pg';
import { digestOfVersion, type LedgerContent } from '../flow/versions.js';

const PAGE = 1_000;

/** A copy is told of under another number than whom it copies, so the digest of what it was told is another one. */
export async function digestCopies(pool: Pool): Promise<void> {
  let after = '0';
  for (;;) {
    const { rows } = await pool.query<{ id: string; content: LedgerContent }>(
      `select id, content
         from publications
        where id > $1
        order by id
        limit $2`,
      [after, PAGE],
    );
    await pool.query(
      `update publications p
          set digest = t.digest
         from unnest($1::bigint[], $2::bytea[]) as t (id, digest)
        where p.id = t.id`,
      [rows.map(({ id }) => id), rows.map(({ content }) => digestOfVersion(content))],
    );
    after = rows.at(-1)?.id ?? after;
    if (rows.length < PAGE) return;
  }
}
