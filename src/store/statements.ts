import type { StatedBy, StatedFact } from '../register/fact.js';
import type { Db } from './transaction.js';

/** As every fold must see it: an answer is good from the day on which it was recorded, and of two plans the later counts. */
export const recordedOn = (fact: StatedFact, recordedAt: Date): StatedFact => {
  const statedAt = recordedAt.toISOString();
  return { ...fact, source: { ...fact.source, statedAt } };
};

/** Who put what people stated into the register. */
export function statementStore(db: Db) {
  return {
    /** By the id of the fact: the name under which it was recorded. */
    async recordedBy(ids: readonly string[]): Promise<Map<string, string>> {
      const { rows } = await db.query<{ id: string; by: string }>(
        'select id, recorded_by as by from stated_facts where id = any ($1::uuid[])',
        [ids],
      );
      return new Map(rows.map(({ id, by }) => [id, by]));
    },

    /** What people have stated of everybody who answers to one of these names; of who is not folded yet, under that name. */
    async ofPeople(nodes: readonly string[]): Promise<StatedFact[]> {
      const { rows } = await db.query<{ fact: StatedFact }>(
        `select s.fact
           from stated_facts s
          where s.id in (select m.stated_id
                           from nodes named
                           join nodes n on n.id = named.id or n.person_key = named.person_key
                           join mentions m on m.node_id = n.id
                          where named.node = any ($1::text[])
                            and m.stated_id is not null)
          order by s.id`,
        [nodes],
      );
      return rows.map(({ fact }) => fact);
    },

    /** As whom somebody stated something last, since a moment; null when they have stated nothing. */
    async lastStatedBy(recordedBy: string, since: Date): Promise<StatedBy | null> {
      const { rows } = await db.query<{ by: StatedBy }>(
        `select fact -> 'source' -> 'statedBy' as by
           from stated_facts
          where recorded_by = $1
            and recorded_at >= $2
          order by recorded_at desc
          limit 1`,
        [recordedBy, since],
      );
      return rows[0]?.by ?? null;
    },
  };
}
