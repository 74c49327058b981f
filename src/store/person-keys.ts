import type { Db } from './transaction.js';

type PersonKey = { key: string; anchor: string; givenAt: Date; mergedInto: string | null };

/** A person as the nodes that name them; `number`: the one of an NHS number that answers, where there is one. */
export type Named = { number: string | null; nodes: readonly [string, ...string[]] };

/** The key that answers for a person, and those that were given to parts of the person. */
export type AnsweringKey = { key: string; merged: string[] };

/** `all`: every key that was given for some nodes. `of`: null for whoever is still to be given one. */
export type KnownKeys = { all: string[]; of(person: Named): AnsweringKey | null };

/** The functions that write belong into the transaction of the fold, which holds the person's nodes. */
export function personKeyStore(db: Db) {
  return {
    /**
     * For each person: the key that answers, and the keys that were given to parts of the person. An NHS number has a key
     * of its own, and what is told under that key is told of that number alone: a merge leaves the key of the number that
     * survives, and a number that is separated again has its own back. Without a number the oldest answers. `mint` gives
     * a first key.
     */
    async keysFor(persons: readonly Named[], mint: () => string): Promise<AnsweringKey[]> {
      const given = await keysOf(
        db,
        persons.flatMap(({ nodes }) => nodes),
      );
      const without = persons.flatMap(({ number, nodes }) => {
        if (number !== null) return given.has(number) ? [] : [number];
        return nodes.some((node) => given.has(node)) ? [] : [nodes[0]];
      });
      const fresh = await giveKeys(db, without, mint);
      const known = persons.map((person) => keysIn(person, (node) => given.get(node) ?? fresh.get(node)));
      await setMerged(db, known);
      return known.map((keys) => {
        const answering = answeringOf(keys);
        if (!answering) throw new Error('a person key was neither found nor given');
        return answering;
      });
    },

    /** The same for people whose nodes are all among these. Writes nothing. */
    async keysAmong(nodes: readonly string[]): Promise<KnownKeys> {
      const given = await keysOf(db, nodes);
      return {
        all: [...given.values()].map(({ key }) => key),
        of: ({ number, nodes }) =>
          number === null || given.has(number)
            ? answeringOf(keysIn({ number, nodes }, (node) => given.get(node)))
            : null,
      };
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

    /** The key of a node, as a fold would give it: what is recorded of somebody before the first fold is then theirs. */
    async keyOfNode(node: string, mint: () => string): Promise<string> {
      const key = (await giveKeys(db, [node], mint)).get(node) ?? (await keysOf(db, [node])).get(node);
      if (!key) throw new Error('a person key was neither found nor given');
      return key.mergedInto ?? key.key;
    },

    /** The keys that were given for these nodes, each as the one that answers today. */
    async keysGiven(nodes: readonly string[]): Promise<Map<string, string>> {
      const given = nodes.length === 0 ? [] : await keysOf(db, nodes);
      return new Map([...given].map(([node, { key, mergedInto }]) => [node, mergedInto ?? key]));
    },

    /** Keys that answer today, in their order, also of those of whom nothing is left that anybody says. */
    async answering(limit: number, after: string | undefined): Promise<string[]> {
      const { rows } = await db.query<{ key: string }>(
        `select key
           from person_keys
          where merged_into is null
            and ($2::uuid is null or key > $2)
          order by key
          limit $1`,
        [limit, after ?? null],
      );
      return rows.map(({ key }) => key);
    },

    /** The nodes for which a key, and those that were merged into it, were given. */
    anchorsOf: async (personKey: string): Promise<string[]> =>
      (await givenUnder(db, personKey)).map(({ anchor }) => anchor),

    /** Every key under which bodies were told of the person who answers to this one. */
    keysUnder: async (personKey: string): Promise<string[]> => (await givenUnder(db, personKey)).map(({ key }) => key),
  };
}

export type PersonKeyStore = ReturnType<typeof personKeyStore>;

/** Keys by the nodes for which they were given. */
async function keysOf(db: Db, anchors: readonly string[]): Promise<Map<string, PersonKey>> {
  const { rows } = await db.query<PersonKey>({
    name: 'person-keys',
    text: `select key, anchor, given_at as "givenAt", merged_into as "mergedInto"
             from person_keys
            where anchor = any ($1::text[])`,
    values: [anchors],
  });
  return new Map(rows.map((row) => [row.anchor, row]));
}

/** A key and those that were merged into it, the oldest first. */
async function givenUnder(db: Db, personKey: string): Promise<Pick<PersonKey, 'key' | 'anchor'>[]> {
  const { rows } = await db.query<Pick<PersonKey, 'key' | 'anchor'>>(
    `select key, anchor
       from person_keys
      where key = $1
         or merged_into = $1
      order by given_at, key`,
    [personKey],
  );
  return rows;
}

async function giveKeys(db: Db, anchors: readonly string[], mint: () => string): Promise<Map<string, PersonKey>> {
  if (anchors.length === 0) return new Map();
  await db.query({
    name: 'person-keys-give',
    text: `insert into person_keys (key, anchor)
           select key, anchor
             from unnest($1::uuid[], $2::text[]) as t (key, anchor)
            order by anchor collate "C"
               on conflict (anchor) do nothing`,
    values: [anchors.map(() => mint()), anchors],
  });
  return keysOf(db, anchors);
}

/** The keys that were given for a person's nodes, the one that answers first. */
const keysIn = ({ number, nodes }: Named, keyOf: (node: string) => PersonKey | undefined): PersonKey[] =>
  nodes
    .flatMap((node) => keyOf(node) ?? [])
    .sort((a, b) => Number(b.anchor === number) - Number(a.anchor === number) || byAge(a, b));

const answeringOf = ([answering, ...others]: readonly PersonKey[]): AnsweringKey | null =>
  answering ? { key: answering.key, merged: others.map(({ key }) => key) } : null;

const byAge = (a: PersonKey, b: PersonKey): number =>
  a.givenAt.getTime() - b.givenAt.getTime() || (a.key < b.key ? -1 : 1);

/** Rows are taken in key order, as by those who claim deliveries. Most of the time there is nothing to change. */
async function setMerged(db: Db, persons: readonly PersonKey[][]): Promise<void> {
  const wrong = persons.flatMap((keys) =>
    keys.flatMap(({ key, mergedInto }, at) => {
      const into = at === 0 ? null : (keys[0]?.key ?? null);
      return into === mergedInto ? [] : [{ key, into }];
    }),
  );
  if (wrong.length === 0) return;
  await db.query('select from person_keys where key = any ($1::uuid[]) order by key for no key update', [
    wrong.map(({ key }) => key),
  ]);
  await db.query(
    `update person_keys k
        set merged_into = t.merged_into
       from unnest($1::uuid[], $2::uuid[]) as t (key, merged_into)
      where k.key = t.key`,
    [wrong.map(({ key }) => key), wrong.map(({ into }) => into)],
  );
}
