import { randomUUID } from 'node:crypto';
import type { EpisodeIds } from '../publish/parts.js';
import type { GivenIds } from '../store/ledger.js';

export type IdsOfVersion = {
  ids: EpisodeIds[];
  /** What episodes had gathered that turned out to be one. */
  retired: EpisodeIds[];
  /** To be remembered, under these names. */
  given: EpisodeIds[];
};

/** Of an anchor whose episode turned out to be two: the name under which the later one's own identifiers are kept. */
const PARTED = '|parted';

/**
 * Each episode keeps the identifiers first given for any of its detentions; the others it has gathered are retired. Where one
 * turns out to be two, the earlier keeps them and the later is given its own: no identifier names two.
 */
export function idsFor(episodes: readonly { anchors: string[] }[], given: readonly GivenIds[]): IdsOfVersion {
  const rows = new Map(given.map((row) => [row.anchor, row]));
  const taken = new Set<string>();
  const living = episodes.map(({ anchors }) => {
    const named = anchors.map((anchor) => lastNamed(anchor, rows));
    const gathered = given.filter((row) => named.some((each) => each.row === row));
    const own = [...new Map(gathered.map((row) => [row.flag, row])).values()];
    const ids = own.find(({ flag }) => !taken.has(flag)) ?? freshIds();
    const names = named.flatMap(({ name, row }) => {
      if (row === null) return [name];
      return row.flag !== ids.flag && taken.has(row.flag) ? [`${name}${PARTED}`] : [];
    });
    taken.add(ids.flag);
    return { own, ids: plain(ids, anchors), given: plain(ids, names) };
  });
  return {
    ids: living.map(({ ids }) => ids),
    retired: living.flatMap(({ own }) => own.flatMap((row) => (taken.has(row.flag) ? [] : [plain(row, [row.anchor])]))),
    given: living.map((each) => each.given),
  };
}

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
