import { createHash, randomUUID } from 'node:crypto';
import type { Publication, Recipient } from '../publish/content.js';
import { digestOf } from '../publish/digest.js';
import type { EpisodeIds } from '../publish/parts.js';
import { publishAfter, takenBack } from '../publish/publish-after.js';
import type { Instant } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { Site } from '../site.js';
import type { GivenIds, LedgerStore, NewPublication, Publication as Version } from '../store/ledger.js';
import { turn } from './pace.js';

/** A version as the ledger keeps it: everything that its resources are made from. */
export type LedgerContent = {
  publication: Publication;
  ids: EpisodeIds[];
  /** Identifiers that a merge made duplicates: what they name is marked as an error. */
  retired: EpisodeIds[];
  recordedAt: Instant;
};

/** `keys`: the key that answers for the person, then those merged into it. No entry: nothing is left that anybody said. */
type Told = { keys: readonly [string, ...string[]]; entry: Entry | null };

type Deps = { site: Site; now: () => Date };

/** What bodies must be told of these persons, against what the ledger says they were told last. */
export async function newVersions(
  people: readonly Told[],
  deps: Deps,
  ledger: Pick<LedgerStore, 'latest' | 'idsGiven'>,
): Promise<NewPublication[]> {
  const keys = people.flatMap((person) => person.keys);
  const latest = byPerson(await ledger.latest(keys));
  const publishing: { own: Told['keys']; before: Version[]; publications: Publication[] }[] = [];
  for (const { keys: own, entry } of people) {
    const before = own.flatMap((key) => latest.get(key) ?? []);
    const told = before.map(({ content }) => (content as LedgerContent).publication);
    const publications = entry === null ? takenBack(told) : publishAfter(entry, deps.site.policies, told);
    publishing.push({ own, before, publications });
    await turn();
  }
  const given = byPerson(await ledger.idsGiven(publishing.flatMap((p) => (p.publications.length > 0 ? p.own : []))));
  return publishing.flatMap(({ own, before, publications }) =>
    publications.flatMap(
      (publication) =>
        versionFor(
          publication,
          own,
          before,
          own.flatMap((key) => given.get(key) ?? []),
          deps,
        ) ?? [],
    ),
  );
}

function versionFor(
  publication: Publication,
  personKeys: Told['keys'],
  told: readonly Version[],
  given: readonly GivenIds[],
  { site, now }: Deps,
): NewPublication | null {
  const { code: body, kind: bodyKind } = publication.to;
  const before = told.filter((version) => version.body === body);
  if (before.length === 0 && !isConnected(publication.to, site)) return null;
  const ofBody = given.filter((ids) => ids.body === body);
  const content = withIds(publication, ofBody, now());
  const digest = digestOfVersion(content);
  const last = before.toSorted((a, b) => b.recordVersion - a.recordVersion)[0];
  if (last && last.personKey === personKeys[0] && last.digest.equals(digest)) return null;
  const recordVersion = 1 + (last?.recordVersion ?? 0);
  return { personKeys, body, bodyKind, recordVersion, content, digest, ids: content.ids };
}

/** Every council must hear; an ICB only where the site file gives it a destination. */
const isConnected = ({ kind, code }: Recipient, { icbs }: Site): boolean =>
  kind === 'council' || icbs.some(({ ods, destination }) => ods === code && destination !== null);

function byPerson<T extends { personKey: string }>(rows: readonly T[]): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const row of rows) {
    const of = grouped.get(row.personKey);
    if (of) of.push(row);
    else grouped.set(row.personKey, [row]);
  }
  return grouped;
}

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

/** What "differs" means of a version, beside the one before. */
export function digestOfVersion({ publication, retired }: LedgerContent): Buffer {
  const text = [digestOf(publication), ...retired.map(({ flag }) => flag).sort()].join('\n');
  return createHash('sha256').update(text).digest();
}
