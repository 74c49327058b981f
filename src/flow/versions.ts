import { hash } from 'node:crypto';
import { type Publication, type Recipient, sameEpisode } from '../publish/content.js';
import { digestOf } from '../publish/digest.js';
import type { EpisodeIds } from '../publish/parts.js';
import { publishAfter, retiredAfter, takenBack } from '../publish/publish-after.js';
import { recipientKey } from '../publish/route.js';
import type { Instant } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { Site } from '../site.js';
import type { GivenIds, LedgerStore, NewPublication, ToldVersion as Version } from '../store/ledger.js';
import { idsFor } from './episode-ids.js';
import { turn } from './pace.js';

/** A version as the ledger keeps it: everything that its resources are made from. */
export type LedgerContent = {
  publication: Publication;
  ids: EpisodeIds[];
  /** Identifiers that no episode goes by any more: what stands under them is marked as an error. */
  retired: EpisodeIds[];
  recordedAt: Instant;
};

/**
 * `keys`: the key that answers for the person, then those merged into it. No entry: nothing is left that anybody said.
 * Under each key bodies are told of one NHS number alone, so no identifier ever comes to name another.
 */
type Told = { keys: readonly [string, ...string[]]; entry: Entry | null };

type Deps = { site: Site; now: () => Date };

/** A version to be published, beside the one that the body was told last; null: it was told nothing yet. */
export type NewVersion = NewPublication & { last: Version | null };

type Ledger = Pick<LedgerStore, 'idsGiven'> & { latest(personKeys: readonly string[]): Promise<Version[]> };

/**
 * What the ledger says of these keys, read at once to be asked person by person. What was told is taken out of its text
 * only then.
 */
export async function readAhead(
  personKeys: readonly string[],
  ledger: Pick<LedgerStore, 'latestUnread' | 'idsGiven'>,
): Promise<Ledger> {
  const [told, given] = [byPerson(await ledger.latestUnread(personKeys)), byPerson(await ledger.idsGiven(personKeys))];
  return {
    latest: async (keys) =>
      keys.flatMap((key) => told.get(key) ?? []).map((row) => ({ ...row, content: JSON.parse(row.content) })),
    idsGiven: async (keys) => keys.flatMap((key) => given.get(key) ?? []),
  };
}

/** What bodies must be told of these persons, against what the ledger says they were told last. */
export async function newVersions(people: readonly Told[], deps: Deps, ledger: Ledger): Promise<NewVersion[]> {
  const keys = people.flatMap((person) => person.keys);
  const latest = byPerson(await ledger.latest(keys));
  const publishing: Publishing[] = [];
  for (const person of people) {
    const telling = person.keys.map((key) => ({ key, before: latest.get(key) ?? [] }));
    publishing.push(...publishingOf(person.entry, telling, deps.site));
    await turn();
  }
  const given = byPerson(await ledger.idsGiven(publishing.map(({ key }) => key)));
  return publishing.flatMap(({ key, before, publications }) =>
    publications.flatMap(
      (publication) => versionFor(publication, { key, before, given: given.get(key) ?? [] }, deps) ?? [],
    ),
  );
}

/** What was told last under one key. */
type Telling = { key: string; before: readonly Version[] };
type Publishing = Telling & { publications: Publication[] };

function publishingOf(entry: Entry | null, [own, ...merged]: readonly Telling[], { policies }: Site): Publishing[] {
  if (!own) return [];
  const publishing = [own, ...merged].map((telling, at): Publishing => {
    if (entry === null) return { ...telling, publications: takenBack(toldIn(telling)) };
    const publications =
      at === 0
        ? publishAfter(entry, policies, toldIn(own), merged.flatMap(toldIn))
        : retiredAfter(entry, policies, toldIn(telling));
    return { ...telling, publications };
  });
  return publishing.filter(({ publications }) => publications.length > 0);
}

const toldIn = ({ before }: Telling): Publication[] =>
  before.map(({ content }) => (content as LedgerContent).publication);

function versionFor(
  wanted: Publication,
  { key, before: told, given }: Telling & { given: readonly GivenIds[] },
  { site, now }: Deps,
): NewVersion | null {
  const body = recipientKey(wanted.to);
  const { kind: bodyKind } = wanted.to;
  const last = told.find((version) => version.body === body) ?? null;
  if (!last && !isConnected(wanted.to, site)) return null;
  const ofBody = given.filter((ids) => ids.body === body);
  const { ids, retired, given: toGive } = idsFor(wanted.episodes, ofBody);
  const episodes = wanted.episodes.filter((episode) => ids.some((own) => sameEpisode(own, episode)));
  const publication = { ...wanted, episodes };
  const content: LedgerContent = { publication, ids, retired, recordedAt: now().toISOString() };
  const digest = digestOfVersion(content);
  if (last?.digest.equals(digest)) return null;
  const recordVersion = 1 + (last?.recordVersion ?? 0);
  return { personKey: key, body, bodyKind, recordVersion, content, digest, ids: toGive, last };
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

/** What "differs" means of a version, beside the one before. */
export function digestOfVersion({ publication, retired }: LedgerContent): Buffer {
  const text = [digestOf(publication), ...retired.map(({ flag }) => flag).sort()].join('\n');
  return hash('sha256', text, 'buffer');
}
