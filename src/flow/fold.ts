import { createHash, randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Directory } from '../organisations/directory.js';
import type { Publication, Recipient } from '../publish/content.js';
import { digestOf } from '../publish/digest.js';
import type { EpisodeIds } from '../publish/parts.js';
import { publishAfter } from '../publish/publish-after.js';
import type { Day, Instant } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import { fold } from '../register/fold.js';
import { nhsNode, type Person, personsOf } from '../register/identity.js';
import type { Site } from '../site.js';
import { closureStore } from '../store/closure.js';
import { entryStore } from '../store/entries.js';
import { type GivenIds, ledgerStore } from '../store/ledger.js';
import { rebuildStore } from '../store/rebuild.js';
import { inTransaction } from '../store/transaction.js';

type Deps = { pool: Pool; site: Site; directory: Directory; now: () => Date; today: () => Day };

/** A version as the ledger keeps it: everything that its resources are made from. */
export type LedgerContent = {
  publication: Publication;
  ids: EpisodeIds[];
  /** Identifiers that a merge made duplicates: what they name is marked as an error. */
  retired: EpisodeIds[];
  recordedAt: Instant;
};

export type ToDeliver = { personKey: string; body: string };

/**
 * Folds every person whom a node may concern, in one transaction that holds all their nodes, and appends a version to
 * the ledger for each body whose content differs. Returns what is now to be delivered.
 */
export async function foldNode(nodeId: string, deps: Deps): Promise<ToDeliver[]> {
  return inTransaction(deps.pool, async (db) => {
    const closures = closureStore(db);
    if (!(await closures.isDue(nodeId)) || (await rebuildStore(db).isReading())) return [];
    const closure = await closures.lock(nodeId);
    if (!closure?.nodes.some((node) => node.due)) return [];

    const idOf = new Map(closure.nodes.map(({ id, node }) => [node, id]));
    const deliveries: ToDeliver[] = [];
    const living = new Set<string>();
    for (const person of personsOf(closure.facts.map(({ fact }) => fact))) {
      const { key, published } = await foldPerson(person, deps, db);
      living.add(key);
      deliveries.push(...published.map((body) => ({ personKey: key, body })));
      await closures.settle(
        person.nodes.flatMap((node) => idOf.get(node) ?? []),
        key,
      );
      for (const node of person.nodes) idOf.delete(node);
    }
    await closures.settle([...idOf.values()], null);
    const before = closure.nodes.flatMap(({ personKey }) => (personKey === null ? [] : [personKey]));
    await entryStore(db).remove(before.filter((key) => !living.has(key)));
    return deliveries;
  });
}

async function foldPerson(person: Person, deps: Deps, db: PoolClient): Promise<{ key: string; published: string[] }> {
  const { key, merged } = await ledgerStore(db).keyFor(anchorsOf(person), randomUUID);
  const entry = fold(person, deps.directory, deps.site.policies, deps.today());
  await entryStore(db).save(key, entry, merged);
  return { key, published: await publishEntry(entry, [key, ...merged], deps, db) };
}

/** The number that answers today first: a key is first given for it. */
function anchorsOf({ nhsNumber, nodes }: Person): [string, ...string[]] {
  const first = nhsNumber === null ? (nodes[0] ?? '') : nhsNode(nhsNumber);
  return [first, ...nodes.filter((node) => node !== first)];
}

async function publishEntry(entry: Entry, keys: [string, ...string[]], deps: Deps, db: PoolClient): Promise<string[]> {
  const ledger = ledgerStore(db);
  const latest = await ledger.latest(keys);
  const told = latest.map(({ content }) => (content as LedgerContent).publication);
  const published: string[] = [];
  for (const publication of publishAfter(entry, deps.site.policies, told)) {
    const { to } = publication;
    const before = latest.filter(({ body }) => body === to.code);
    if (before.length === 0 && !isConnected(to, deps.site)) continue;
    const content = withIds(publication, await ledger.idsGiven(keys, to.code), deps.now());
    const digest = digestOfVersion(content);
    const last = before.toSorted((a, b) => b.recordVersion - a.recordVersion)[0];
    if (last && last.personKey === keys[0] && last.digest.equals(digest)) continue;
    await ledger.giveIds(keys[0], to.code, content.ids);
    await ledger.publish({
      personKeys: keys,
      body: to.code,
      bodyKind: to.kind,
      recordVersion: 1 + (last?.recordVersion ?? 0),
      content,
      digest,
    });
    published.push(to.code);
  }
  return published;
}

/** Every council must hear; an ICB only where the site file gives it a destination. */
const isConnected = ({ kind, code }: Recipient, { icbs }: Site): boolean =>
  kind === 'council' || icbs.some(({ ods, destination }) => ods === code && destination !== null);

/** Each episode keeps the identifiers first given for any of its detentions; the others it has gathered are retired. */
function withIds(publication: Publication, given: readonly GivenIds[], now: Date): LedgerContent {
  const ids: EpisodeIds[] = [];
  const retired: EpisodeIds[] = [];
  for (const { anchors } of publication.episodes) {
    const own = given.filter(({ anchor }) => anchors.includes(anchor));
    const [first, ...others] = [...new Map(own.map((row) => [row.flag, row])).values()];
    ids.push({ ...(first ?? freshIds()), anchors });
    retired.push(...others.map((other) => ({ ...other, anchors: [other.anchor] })));
  }
  return { publication, ids: ids.map(plain), retired: retired.map(plain), recordedAt: now.toISOString() };
}

const freshIds = () => ({ episode: randomUUID(), flag: randomUUID(), carePlan: randomUUID() });
const plain = ({ anchors, episode, flag, carePlan }: EpisodeIds): EpisodeIds => ({ anchors, episode, flag, carePlan });

function digestOfVersion({ publication, retired }: LedgerContent): Buffer {
  const text = [digestOf(publication), ...retired.map(({ flag }) => flag).sort()].join('\n');
  return createHash('sha256').update(text).digest();
}
