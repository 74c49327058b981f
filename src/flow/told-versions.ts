import type { Publication } from '../store/ledger.js';
import type { FoldResult } from './fold.js';
import { type SentVersion, saysOtherwise } from './refold-difference.js';
import type { LedgerContent } from './versions.js';

/** The new versions of each person by the key that answers, beside what the body was told last. */
export function sentBy({ people, versions }: Pick<FoldResult, 'people' | 'versions'>): Map<string, SentVersion[]> {
  const sent = new Map<string, SentVersion[]>();
  const answering = new Map(people.flatMap(({ key, merged }) => merged.map((each) => [each, key] as const)));
  for (const version of versions) {
    const { personKey, body: to, recordVersion, last } = version;
    const says = saysOtherwise(publicationIn(version), last && publicationIn(last));
    const key = answering.get(personKey) ?? personKey;
    sent.set(key, [...(sent.get(key) ?? []), { to, recordVersion, says }]);
  }
  return sent;
}

const publicationIn = ({ content }: Pick<Publication, 'content'>) => (content as LedgerContent).publication;
