import { randomUUID } from 'node:crypto';
import type { EpisodeContent } from '../publish/content.js';
import type { EpisodeIds } from '../publish/parts.js';
import { takesBack } from '../publish/publish.js';
import type { GivenIds } from '../store/ledger.js';

export type IdsOfVersion = {
  ids: EpisodeIds[];
  /** What no episode goes by any more, most often because several turned out to be one. */
  retired: EpisodeIds[];
  /** To be remembered, under these names. */
  given: EpisodeIds[];
};

/** Of an anchor whose episode turned out to be two: the name under which the later one's own identifiers are kept. */
const PARTED = '|parted';

/**
 * Each episode keeps the identifiers first given for any of its detentions; the others are retired, so that none is left
 * behind. Where one turns out to be two, the earlier keeps them and the later is given its own: no identifier names two.
 * What only takes back gets none of its own: where none is left for it, the body was never told of it.
 */
export function idsFor(episodes: readonly EpisodeContent[], given: readonly GivenIds[]): IdsOfVersion {
  const rows = new Map(given.map((row) => [row.anchor, row]));
  const taken = new Set<string>();
  const living = episodes.toSorted(byStart).flatMap((episode) => {
    const { anchors } = episode;
    const named = anchors.map((anchor) => lastNamed(anchor, rows));
    const gathered = given.filter((row) => named.some((each) => each.row === row));
    const kept = gathered.find(({ flag }) => !taken.has(flag));
    if (!kept && takesBack(episode)) return [];
    const ids = kept ?? freshIds();
    const names = named.flatMap(({ name, row }) => {
      if (row === null) return [name];
      return row.flag !== ids.flag && taken.has(row.flag) ? [`${name}${PARTED}`] : [];
    });
    taken.add(ids.flag);
    return [{ ids: plain(ids, anchors), given: plain(ids, names) }];
  });
  const gone = new Map(given.filter(({ flag }) => !taken.has(flag)).map((row) => [row.flag, row]));
  return {
    ids: living.map(({ ids }) => ids),
    retired: [...gone.values()].map((row) => plain(row, [row.anchor])),
    given: living.map((each) => each.given),
  };
}

/** Who is still in hospital comes last. */
const byStart = (a: EpisodeContent, b: EpisodeContent): number => {
  if (a.start === b.start) return 0;
  return b.start === null || (a.start !== null && a.start < b.start) ? -1 : 1;
};

function lastNamed(anchor: string, rows: ReadonlyMap<string, GivenIds>): { name: string; row: GivenIds | null } {
  let name = anchor;
  while (rows.has(`${name}${PARTED}`)) name = `${name}${PARTED}`;
  return { name, row: rows.get(name) ?? null };
}

const freshIds = () => ({ episode: randomUUID(), flag: randomUUID(), carePlan: randomUUID() });

const plain = ({ episode, flag, carePlan }: Omit<EpisodeIds, 'anchors'>, anchors: string[]): EpisodeIds => ({
  anchors,
  episode,
  flag,
  carePlan,
});
