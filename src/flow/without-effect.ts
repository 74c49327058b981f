import type { PoolClient } from 'pg';
import type { Directory } from '../organisations/directory.js';
import type { Day } from '../register/day.js';
import type { Fact, StatedFact } from '../register/fact.js';
import { fold } from '../register/fold.js';
import { newGraph } from '../register/graph.js';
import { personsOf } from '../register/identity.js';
import { nodesOf } from '../register/nodes.js';
import { periodNumberOf } from '../register/period-number.js';
import type { LocalRules } from '../register/policy.js';
import { closureStore } from '../store/closure.js';
import { peopleStore } from '../store/people.js';
import { rebuildStore } from '../store/rebuild.js';
import type { FoldDeps } from './fold.js';
import { type Hint, hintsAmong, type Known, needsPerson } from './hints.js';
import { directoryFor } from './postcodes.js';

/** Which of these facts, which are recorded, do nothing. Nothing is said while a rebuild has put the register aside. */
export async function hintsFor(facts: readonly StatedFact[], deps: FoldDeps, db: PoolClient): Promise<Hint[]> {
  if (await rebuildStore(db).isReading()) return [];
  const known = new Map<string, Known>();
  for (const node of new Set(facts.filter(needsPerson).map(nodeOf))) known.set(node, await knownOf(node, deps, db));
  return hintsAmong(facts, deps.today(), (fact) => known.get(nodeOf(fact)) ?? NOBODY);
}

const nodeOf = (fact: StatedFact): string => nodesOf(fact)[0] ?? '';
const NOBODY: Known = { facts: [], entriesOf: () => [] };

async function knownOf(node: string, deps: FoldDeps, db: PoolClient): Promise<Known> {
  const nodeId = await peopleStore(db).nodeId(node);
  const closure = nodeId === null ? null : await closureStore(db).read(nodeId);
  const facts = (closure?.facts ?? []).map(({ fact }) => fact);
  return knownWith(facts, await directoryFor(facts, deps.directory, db), deps.site);
}

/** Which of these stated facts do nothing beside each other and what messages told; without a database. */
export function hintsBeside(
  stated: readonly StatedFact[],
  told: readonly Fact[],
  { directory, site, asOf }: { directory: Directory; site: LocalRules; asOf: Day },
): Hint[] {
  if (stated.length === 0) return [];
  const all = [...told, ...stated];
  const together = newGraph();
  for (const fact of all) together.join(...nodesOf(fact), ...periodOf(fact));
  const partOf = (fact: Fact) => together.partOf(nodesOf(fact)[0] ?? '');
  return hintsAmong(stated, asOf, (fact) => {
    const part = partOf(fact);
    return knownWith(
      all.filter((other) => partOf(other) === part),
      directory,
      site,
    );
  });
}

const periodOf = (fact: Fact): string[] => {
  const number = periodNumberOf(fact);
  return number === null ? [] : [`period ${number}`];
};

const knownWith = (facts: readonly Fact[], directory: Directory, site: LocalRules): Known => ({
  facts,
  entriesOf: (those, on) => personsOf(those).map((person) => fold(person, directory, site, on)),
});
