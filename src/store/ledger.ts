import { jsonText } from './text.js';
import type { Db } from './transaction.js';

export type PersonKey = { key: string; anchor: string; givenAt: Date; mergedInto: string | null };

/** The FHIR identifiers of one episode at one body: UUIDs given once. */
export type EpisodeIds = { episode: string; flag: string; carePlan: string };

/** Identifiers by the detention for which they were given. */
export type GivenIds = EpisodeIds & { anchor: string };

export type NewPublication = {
  /** The key that answers, then those merged into it: what these still owe the body is overtaken. */
  personKeys: readonly [string, ...string[]];
  body: string;
  bodyKind: 'council' | 'icb';
  recordVersion: number;
  content: unknown;
  /** Of the content without identifiers and versions. */
  digest: Buffer;
};

export type Publication = Omit<NewPublication, 'personKeys'> & {
  personKey: string;
  id: string;
  publishedAt: Date;
  confirmedAt: Date | null;
};

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

    /** The identifiers a person's episodes have been given at a body, under any of the keys, the earliest first. */
    async idsGiven(personKeys: readonly string[], body: string): Promise<GivenIds[]> {
      const { rows } = await db.query<GivenIds>(
        `select anchor, episode, flag, care_plan as "carePlan"
           from episode_ids
          where person_key = any ($1::uuid[])
            and body = $2
          order by id`,
        [personKeys, body],
      );
      return rows;
    },

    /** Remembers identifiers under every anchor of their episode; what an anchor was given before stays. */
    async giveIds(
      personKey: string,
      body: string,
      ids: readonly (EpisodeIds & { anchors: readonly string[] })[],
    ): Promise<void> {
      const rows = ids.flatMap(({ anchors, ...given }) => anchors.map((anchor) => ({ anchor, ...given })));
      await db.query(
        `insert into episode_ids (person_key, body, anchor, episode, flag, care_plan)
         select $1, $2, anchor, episode, flag, care_plan
           from unnest($3::text[], $4::uuid[], $5::uuid[], $6::uuid[]) as t (anchor, episode, flag, care_plan)
             on conflict (person_key, body, anchor) do nothing`,
        [
          personKey,
          body,
          rows.map(({ anchor }) => anchor),
          rows.map(({ episode }) => episode),
          rows.map(({ flag }) => flag),
          rows.map(({ carePlan }) => carePlan),
        ],
      );
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
    async publish({ personKeys, body, bodyKind, recordVersion, content, digest }: NewPublication): Promise<string> {
      const { rows } = await db.query<{ id: string }>(
        `with published as (
           insert into publications (person_key, body, body_kind, record_version, content, digest)
           values ($1, $2, $3, $4, $5, $6)
        returning id, person_key, body
         ), overtaken as (
           update deliveries d
              set state = 'overtaken', settled_at = now()
             from published p
            where d.person_key = any ($7::uuid[])
              and d.body = p.body
              and d.state in ('due', 'parked')
         )
         insert into deliveries (publication_id, person_key, body)
         select id, person_key, body
           from published
      returning publication_id as id`,
        [personKeys[0], body, bodyKind, recordVersion, jsonText(content), digest, personKeys],
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
