import type { PoolClient } from 'pg';
import { ledgerStore, type NewPublication, type Publication } from '../store/ledger.js';
import type { FoldResult } from './fold.js';
import { type SentVersion, saysOtherwise } from './refold-difference.js';
import type { LedgerContent } from './versions.js';

/** The new versions of each person by the key that answers, beside what the body was told last. */
export async function sentBy(
  { people, versions }: Pick<FoldResult, 'people' | 'versions'>,
  db: PoolClient,
): Promise<Map<string, SentVersion[]>> {
  const sent = new Map<string, SentVersion[]>();
  if (versions.length === 0) return sent;
  const answering = new Map(people.flatMap(({ key, merged }) => merged.map((each) => [each, key] as const)));
  const told = await ledgerStore(db).latest(versions.map(({ personKey }) => personKey));
  for (const version of versions) {
    const last = told.find(({ personKey, body }) => body === version.body && personKey === version.personKey);
    const says = saysOtherwise(publicationIn(version), last ? publicationIn(last) : null);
    const key = answering.get(version.personKey) ?? version.personKey;
    sent.set(key, [...(sent.get(key) ?? []), { to: version.body, recordVersion: version.recordVersion, says }]);
  }
  return sent;
}

const publicationIn = ({ content }: Pick<NewPublication | Publication, 'content'>) =>
  (content as LedgerContent).publication;
