import { jsonArrayText } from './text.js';
import type { Db } from './transaction.js';

/** The FHIR identifiers of one episode at one body: UUIDs given once. */
export type EpisodeIds = { episode: string; flag: string; carePlan: string };

/** Identifiers by the detention for which they were given. */
export type GivenIds = EpisodeIds & { personKey: string; body: string; anchor: string };

export type NewPublication = {
  personKey: string;
  body: string;
  bodyKind: 'council' | 'icb';
  recordVersion: number;
  content: unknown;
  /** Of the content without identifiers and versions. */
  digest: Buffer;
  /** The identifiers of its episodes, with every detention for which each is remembered. */
  ids: readonly (EpisodeIds & { anchors: readonly string[] })[];
};

export type Publication = Omit<NewPublication, 'ids'> & {
  id: string;
  publishedAt: Date;
  confirmedAt: Date | null;
};

const PUBLICATION = `
  p.id, p.person_key as "personKey", p.body, p.body_kind as "bodyKind", p.record_version as "recordVersion",
  p.content, p.digest, p.published_at as "publishedAt", d.confirmed_at as "confirmedAt"`;

const FROM_LEDGER = 'publications p join deliveries d on d.publication_id = p.id';

/** What a body was told, as much of it as a new version is seen beside. */
export type ToldVersion = Pick<Publication, 'personKey' | 'body' | 'recordVersion' | 'digest' | 'content'>;

type UnreadVersion = Omit<ToldVersion, 'content'> & { content: string };

/** The functions that write belong into the transaction of the fold, which holds the person's nodes. */
export function ledgerStore(db: Db) {
  return {
    /** The identifiers that episodes of these persons have been given, at any body, the earliest first. */
    async idsGiven(personKeys: readonly string[]): Promise<GivenIds[]> {
      const { rows } = await db.query<GivenIds>({
        name: 'ledger-ids-given',
        text: `select person_key as "personKey", body, anchor, episode, flag, care_plan as "carePlan"
                 from episode_ids
                where person_key = any ($1::uuid[])
                order by id`,
        values: [personKeys],
      });
      return rows;
    },

    /** What each body was last told under each of these keys. */
    async latest(personKeys: readonly string[]): Promise<Publication[]> {
      const { rows } = await db.query<Publication>(
        `select distinct on (p.person_key, p.body) ${PUBLICATION}
           from ${FROM_LEDGER}
          where p.person_key = any ($1::uuid[])
          order by p.person_key, p.body, p.record_version desc`,
        [personKeys],
      );
      return rows;
    },

    /** The same, as much as a new version is seen beside, with the content as the text in which it is kept. */
    async latestUnread(personKeys: readonly string[]): Promise<UnreadVersion[]> {
      const { rows } = await db.query<UnreadVersion>(
        `select distinct on (person_key, body)
                person_key as "personKey", body, record_version as "recordVersion", digest, content::text as content
           from publications
          where person_key = any ($1::uuid[])
          order by person_key, body, record_version desc`,
        [personKeys],
      );
      return rows;
    },

    /** Every version, oldest first. */
    async history(personKeys: readonly string[]): Promise<Publication[]> {
      const { rows } = await db.query<Publication>(
        `select ${PUBLICATION}
           from ${FROM_LEDGER}
          where p.person_key = any ($1::uuid[])
          order by p.id`,
        [personKeys],
      );
      return rows;
    },

    async publication(id: string): Promise<Publication | null> {
      const { rows } = await db.query<Publication>(`select ${PUBLICATION} from ${FROM_LEDGER} where p.id = $1`, [id]);
      return rows[0] ?? null;
    },

    /**
     * Appends versions and their deliveries; older versions that nobody has yet taken are overtaken. Identifiers are
     * remembered under every anchor of their episode; what an anchor was given before stays.
     */
    async publish(news: readonly NewPublication[]): Promise<void> {
      if (news.length === 0) return;
      await rememberIds(db, news);
      await db.query({
        name: 'ledger-publish',
        text: `with waiting as (
                 select d.publication_id
                   from unnest($1::uuid[], $2::text[]) as told (person_key, body)
                   join deliveries d on d.person_key = told.person_key and d.body = told.body
                  where d.state in ('due', 'parked')
                  order by d.publication_id
                    for update of d
               ), overtaken as (
                 update deliveries d
                    set state = 'overtaken', settled_at = now()
                   from waiting
                  where d.publication_id = waiting.publication_id
               ), published as (
                 insert into publications (person_key, body, body_kind, record_version, content, digest)
                 select person_key, body, body_kind, record_version, content, digest
                   from rows from (unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::bytea[]),
                                   json_array_elements($6::json))
                     as t (person_key, body, body_kind, record_version, digest, content)
              returning id, person_key, body
               )
               insert into deliveries (publication_id, person_key, body)
               select id, person_key, body
                 from published`,
        values: [
          news.map(({ personKey }) => personKey),
          news.map(({ body }) => body),
          news.map(({ bodyKind }) => bodyKind),
          news.map(({ recordVersion }) => recordVersion),
          news.map(({ digest }) => digest),
          jsonArrayText(news.map(({ content }) => content)),
        ],
      });
    },
  };
}

export type LedgerStore = ReturnType<typeof ledgerStore>;

async function rememberIds(db: Db, news: readonly NewPublication[]): Promise<void> {
  const rows = news.flatMap(({ personKey: key, body, ids }) =>
    ids.flatMap(({ anchors, ...given }) => anchors.map((anchor) => ({ key, body, anchor, ...given }))),
  );
  await db.query({
    name: 'ledger-give-ids',
    text: `insert into episode_ids (person_key, body, anchor, episode, flag, care_plan)
           select person_key, body, anchor, episode, flag, care_plan
             from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[])
               as t (person_key, body, anchor, episode, flag, care_plan)
               on conflict (person_key, body, anchor) do nothing`,
    values: [
      rows.map(({ key }) => key),
      rows.map(({ body }) => body),
      rows.map(({ anchor }) => anchor),
      rows.map(({ episode }) => episode),
      rows.map(({ flag }) => flag),
      rows.map(({ carePlan }) => carePlan),
    ],
  });
}
