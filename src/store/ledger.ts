import { jsonText } from './text.js';
import type { Db } from './transaction.js';

export type PersonKey = { key: string; anchor: string; givenAt: Date; mergedInto: string | null };

/** The FHIR identifiers of one episode at one body: UUIDs given once. */
export type EpisodeIds = { episode: string; flag: string; carePlan: string };

export type NewPublication = {
  personKey: string;
  body: string;
  bodyKind: 'council' | 'icb';
  recordVersion: number;
  content: unknown;
  /** Of the content without identifiers and versions. */
  digest: Buffer;
};

export type Publication = NewPublication & { id: string; publishedAt: Date; confirmedAt: Date | null };

const PUBLICATION = `
  p.id, p.person_key as "personKey", p.body, p.body_kind as "bodyKind", p.record_version as "recordVersion",
  p.content, p.digest, p.published_at as "publishedAt", p.confirmed_at as "confirmedAt"`;

/** The functions that write belong into the transaction of the fold, which holds the person's nodes. */
export function ledgerStore(db: Db) {
  return {
    /**
     * The key that answers for the person whom these nodes name, and the keys that were given to parts of it. The oldest
     * key survives a merge; a part that is separated again gets its own back. `mint` gives the first key.
     */
    async keyFor(
      anchors: readonly [string, ...string[]],
      mint: () => string,
    ): Promise<{ key: string; merged: string[] }> {
      const known = await keysOf(db, anchors);
      const [oldest = await giveKey(db, anchors[0], mint()), ...younger] = known;
      const merged = younger.map(({ key }) => key);
      await db.query(
        `update person_keys
            set merged_into = case when key = $1 then null else $1::uuid end
          where key = any ($2::uuid[])
            and merged_into is distinct from case when key = $1 then null else $1::uuid end`,
        [oldest.key, [oldest.key, ...merged]],
      );
      return { key: oldest.key, merged };
    },

    /** The key that answers today for a key that was given once. */
    async currentKey(key: string): Promise<string | null> {
      const { rows } = await db.query<{ key: string }>(
        `select coalesce(merged_into, key) as key
           from person_keys
          where key = $1`,
        [key],
      );
      return rows[0]?.key ?? null;
    },

    /** The identifiers of an episode, by any of its anchors; given on first sight, and then for life. */
    async episodeIds(
      { personKey, body, anchors }: { personKey: string; body: string; anchors: readonly [string, ...string[]] },
      fresh: () => EpisodeIds,
    ): Promise<EpisodeIds> {
      const known = await givenIds(db, body, anchors);
      if (known) return known;
      const ids = fresh();
      await db.query(
        `insert into episode_ids (person_key, body, anchor, episode, flag, care_plan)
         values ($1, $2, $3, $4, $5, $6)
             on conflict (body, anchor) do nothing`,
        [personKey, body, anchors[0], ids.episode, ids.flag, ids.carePlan],
      );
      return (await givenIds(db, body, anchors)) ?? ids;
    },

    /** What each body was last told about a person, under any of the keys it has had. */
    async latest(personKeys: readonly string[]): Promise<Publication[]> {
      const { rows } = await db.query<Publication>(
        `select distinct on (p.person_key, p.body) ${PUBLICATION}
           from publications p
          where p.person_key = any ($1::uuid[])
          order by p.person_key, p.body, p.record_version desc`,
        [personKeys],
      );
      return rows;
    },

    /** Every version, oldest first. */
    async history(personKeys: readonly string[]): Promise<Publication[]> {
      const { rows } = await db.query<Publication>(
        `select ${PUBLICATION}
           from publications p
          where p.person_key = any ($1::uuid[])
          order by p.id`,
        [personKeys],
      );
      return rows;
    },

    async publication(id: string): Promise<Publication | null> {
      const { rows } = await db.query<Publication>(`select ${PUBLICATION} from publications p where p.id = $1`, [id]);
      return rows[0] ?? null;
    },

    /** Appends a version and its delivery; older versions that nobody has yet taken are overtaken. Returns its id. */
    async publish({ personKey, body, bodyKind, recordVersion, content, digest }: NewPublication): Promise<string> {
      const { rows } = await db.query<{ id: string }>(
        `with published as (
           insert into publications (person_key, body, body_kind, record_version, content, digest)
           values ($1, $2, $3, $4, $5, $6)
        returning id, person_key, body
         ), overtaken as (
           update deliveries d
              set state = 'overtaken', settled_at = now()
             from published p
            where (d.person_key, d.body) = (p.person_key, p.body)
              and d.state in ('due', 'parked')
         )
         insert into deliveries (publication_id, person_key, body)
         select id, person_key, body
           from published
      returning publication_id as id`,
        [personKey, body, bodyKind, recordVersion, jsonText(content), digest],
      );
      const [row] = rows;
      if (!row) throw new Error('a publication was not stored');
      return row.id;
    },
  };
}

export type LedgerStore = ReturnType<typeof ledgerStore>;

async function keysOf(db: Db, anchors: readonly string[]): Promise<PersonKey[]> {
  const { rows } = await db.query<PersonKey>(
    `select key, anchor, given_at as "givenAt", merged_into as "mergedInto"
       from person_keys
      where anchor = any ($1::text[])
      order by given_at, key`,
    [anchors],
  );
  return rows;
}

async function giveKey(db: Db, anchor: string, fresh: string): Promise<PersonKey> {
  await db.query(
    `insert into person_keys (key, anchor)
     values ($1, $2)
         on conflict (anchor) do nothing`,
    [fresh, anchor],
  );
  const [given] = await keysOf(db, [anchor]);
  if (!given) throw new Error('a person key was neither found nor given');
  return given;
}

async function givenIds(db: Db, body: string, anchors: readonly string[]): Promise<EpisodeIds | null> {
  const { rows } = await db.query<EpisodeIds>(
    `select episode, flag, care_plan as "carePlan"
       from episode_ids
      where body = $1
        and anchor = any ($2::text[])
      order by id
      limit 1`,
    [body, anchors],
  );
  return rows[0] ?? null;
}
