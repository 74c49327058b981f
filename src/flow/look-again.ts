import type { Log } from '../log.js';
import type { Directory } from '../organisations/directory.js';
import type { Site } from '../site.js';
import type { Doubt, DoubtStore } from '../store/delivery-doubt.js';
import type { FhirDestination } from '../wire/fhir.js';
import { compare, keysOf, stampedVersion } from './held.js';
import type { LedgerContent } from './versions.js';

type Deps = {
  doubts: DoubtStore;
  destination: FhirDestination;
  site: Site;
  directory: Directory;
  lookAgainMs: number;
  log: Log;
};

/**
 * A request that was given up may still be on its way, and arrive after a newer version was confirmed. So what was
 * confirmed after an attempt without an answer is read again later. `undone`: the body holds something else, and the
 * version is due again.
 */
export async function lookAgain(doubt: Doubt, deps: Deps): Promise<'same' | 'undone' | 'unreadable'> {
  const { doubts, destination, site, directory } = deps;
  const stamped = stampedVersion(doubt.content as LedgerContent, doubt.recordVersion, site, directory);
  const answer = await destination.readHeld(keysOf(stamped));
  if (answer.kind === 'trouble') {
    await doubts.postpone(doubt, deps.lookAgainMs);
    return 'unreadable';
  }
  if (compare(answer.held, stamped, doubt.recordVersion) === 'same') {
    await doubts.settle(doubt);
    return 'same';
  }
  await doubts.reopen(doubt);
  deps.log.warn('a confirmed delivery was undone by a late request and is handed over again', {
    council: doubt.body,
    deliveryRow: doubt.publicationId,
  });
  return 'undone';
}
