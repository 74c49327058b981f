import type { PoolClient } from 'pg';
import type { Entry } from '../register/entry.js';
import { fold } from '../register/fold.js';
import { personsOf } from '../register/identity.js';
import type { UnreadClosure } from '../store/closure.js';
import { ledgerStore } from '../store/ledger.js';
import { type AnsweringKey, personKeyStore } from '../store/person-keys.js';
import { type FoldDeps, namedBy } from './fold.js';
import { directoryForThose } from './postcodes.js';
import { type NewVersion, newVersions, readAhead } from './versions.js';

/** A person to be folded, under the key that answers. */
export type LookedAt = AnsweringKey & { fold(): Entry };

/** What a fold makes of some closures, one after another: so much is read ahead, and nothing is written. */
export type Look = {
  /** Without those whom no fold has yet given a key: nothing is kept of them. */
  peopleOf(closure: UnreadClosure): LookedAt[];
  /** What bodies would be told of a person. */
  versionsOf(person: LookedAt, entry: Entry): Promise<NewVersion[]>;
};

export async function lookInto(closures: readonly UnreadClosure[], deps: FoldDeps, db: PoolClient): Promise<Look> {
  const directory = await directoryForThose(factsOfEach(closures), deps.directory, db);
  const nodes = closures.flatMap((closure) => closure.nodes.map(({ node }) => node));
  const known = await personKeyStore(db).keysAmong(nodes);
  const ahead = await readAhead(known.all, ledgerStore(db));
  return {
    peopleOf: (closure) =>
      personsOf(factsOf(closure)).flatMap((person) => {
        const key = known.of(namedBy(person));
        return key ? { ...key, fold: () => fold(person, directory, deps.site, deps.today()) } : [];
      }),
    versionsOf: ({ key, merged }, entry) => newVersions([{ keys: [key, ...merged], entry }], deps, ahead),
  };
}

const factsOf = ({ read }: UnreadClosure) => read().map(({ fact }) => fact);

function* factsOfEach(closures: readonly UnreadClosure[]) {
  for (const closure of closures) yield factsOf(closure);
}
