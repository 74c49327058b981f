import type { Publication } from '../store/ledger.js';
import type { FoldResult } from './fold.js';
import { grouped } from './grouped.js';
import { type SentVersion, saysOtherwise } from './refold-difference.js';
import type { LedgerContent, NewVersion } from './versions.js';

/** The new versions of each person by the key that answers, beside what the body was told last. */
export function sentBy({ people, versions }: Pick<FoldResult, 'people' | 'versions'>): Map<string, SentVersion[]> {
  const answering = new Map(people.flatMap(({ key, merged }) => merged.map((each) => [each, key] as const)));
  return grouped(versions, (version) => [answering.get(version.personKey) ?? version.personKey, sentAs(version)]);
}

/** The same of one person. */
export const sentOf = (versions: readonly NewVersion[]): SentVersion[] => versions.map(sentAs);

function sentAs(version: NewVersion): SentVersion {
  const { body: to, recordVersion, last } = version;
  return { to, recordVersion, says: saysOtherwise(publicationIn(version), last && publicationIn(last)) };
}

const publicationIn = ({ content }: Pick<Publication, 'content'>) => (content as LedgerContent).publication;
