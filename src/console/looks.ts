import { ofWholeRegister } from '../flow/whole-register.js';
import { auditStore } from '../store/audit.js';
import { entryStore } from '../store/entries.js';
import { personKeyStore } from '../store/person-keys.js';
import type { AppDeps } from './deps.js';
import type { AuditQuery } from './queries.js';
import type { AuditListView } from './schemas.js';

/** Who looked at whom and changed what, newest first. A person is named by the key, so the list shows nobody. */
export async function listLooks({ pool }: AppDeps, query: AuditQuery): Promise<AuditListView> {
  const { who, action, person, before, limit } = query;
  const subject = person === undefined ? undefined : await personKeyStore(pool).keysUnder(person);
  const rows = await auditStore(pool).search({ who, action, subject, before, limit: limit + 1 });
  const lines = rows.slice(0, limit).map((line) => ({ ...line, at: line.at.toISOString() }));
  return { lines, nextBefore: rows.length > limit ? (lines.at(-1)?.id ?? null) : null };
}

/** The key of the person who answers to an NHS number today. */
export const keyOfNumber = async ({ pool }: AppDeps, nhsNumber: string): Promise<string | null> =>
  (await ofWholeRegister(pool, () => entryStore(pool).byNhsNumber(nhsNumber)))?.personKey ?? null;
