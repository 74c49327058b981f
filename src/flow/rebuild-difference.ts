import type { PoolClient } from 'pg';
import { fold } from '../register/fold.js';
import { personsOf } from '../register/identity.js';
import { type Closure, closureStore } from '../store/closure.js';
import { rebuildStore } from '../store/rebuild.js';
import { rebuildNewsStore } from '../store/rebuild-news.js';
import { inTransaction } from '../store/transaction.js';
import type { FoldDeps } from './fold.js';
import { directoryFor } from './postcodes.js';

/** Nodes. */
const AT_ONCE = 200;

/**
 * Persons whose entry is another than before, of the same facts. What was recorded or arrived while the rebuild went on
 * changes an entry too: who has such news is folded once more as if nobody had said it.
 */
export async function differing(deps: FoldDeps): Promise<string[]> {
  const changed = await rebuildStore(deps.pool).changed();
  const news = changed.length === 0 ? [] : await rebuildNewsStore(deps.pool).nodesWithNews();
  const same = new Set<string>();
  for (let at = 0; at < news.length; at += AT_ONCE) {
    const some = news.slice(at, at + AT_ONCE);
    for (const key of await inTransaction(deps.pool, (db) => sameWithoutNews(some, deps, db))) same.add(key);
  }
  return changed.filter((key) => !same.has(key));
}

async function sameWithoutNews(nodeIds: readonly string[], deps: FoldDeps, db: PoolClient): Promise<string[]> {
  const same: string[] = [];
  for (const closure of await closureStore(db).look(nodeIds)) same.push(...(await sameIn(closure, deps, db)));
  return same;
}

/** Who came by the news alone was nobody before, and is nobody without them. */
async function sameIn({ nodes, facts }: Closure, deps: FoldDeps, db: PoolClient): Promise<string[]> {
  const store = rebuildNewsStore(db);
  const isKnown = await store.knownThen(facts);
  const then = facts.filter(isKnown).map(({ fact }) => fact);
  const directory = await directoryFor(then, deps.directory, db);
  const persons = personsOf(then);
  const digests = await store.digestsOf(persons.map((person) => fold(person, directory, deps.site, deps.today())));
  const before = await store.before(nodes.map(({ node }) => node));
  return before
    .filter(({ anchor, digest }) =>
      digest === null ? !persons.some((person) => person.nodes.includes(anchor)) : digests.has(digest),
    )
    .map(({ key }) => key);
}
