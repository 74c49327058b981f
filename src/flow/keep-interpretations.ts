import type { PoolClient } from 'pg';
import type { MessageFact } from '../register/fact.js';
import { destinationsOf, type Site } from '../site.js';
import { factStore, type Interpretation } from '../store/facts.js';
import { confirmFetched, type ReadVersion } from '../store/fetched.js';

/**
 * What messages say is recorded. A body that fetches what it is told confirms a version by its answer, whatever that is:
 * it has read it. Returns the ids of the nodes to fold.
 */
export async function keepInterpretations(
  batch: readonly Interpretation[],
  { site }: { site: Site },
  db: PoolClient,
): Promise<string[]> {
  const nodeIds = await factStore(db).recordInterpretations(batch);
  const read = batch.flatMap(({ facts }) => facts.flatMap(readIn));
  if (read.length > 0) {
    const connected = destinationsOf(site).map(({ body }) => body);
    await confirmFetched(db, read, connected);
  }
  return nodeIds;
}

/** As ours are. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

function readIn(fact: MessageFact): ReadVersion[] {
  if (fact.kind !== 'replied' || fact.version === undefined) return [];
  const { of, version } = fact;
  return UUID.test(of) ? [{ of, version }] : [];
}
