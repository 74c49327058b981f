import { registerRow } from '../flow/explain.js';
import type { LedgerContent } from '../flow/versions.js';
import { londonDay } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { Fact } from '../register/fact.js';
import { personsOf } from '../register/identity.js';
import { auditStore } from '../store/audit.js';
import { closureStore, type LearntFact } from '../store/closure.js';
import { deliveryStore } from '../store/deliveries.js';
import { entryStore } from '../store/entries.js';
import { ledgerStore, type Publication } from '../store/ledger.js';
import { peopleStore } from '../store/people.js';
import { traceStore } from '../store/trace.js';
import { inTransaction } from '../store/transaction.js';
import { deliveryRow } from './deliveries.js';
import type { AppDeps, Who } from './deps.js';
import { factText, statedByText } from './fact-text.js';
import { bodyView, personRow } from './register.js';
import type { PersonView } from './schemas.js';
import { lanesOf } from './timeline.js';
import { type Drawing, drawn } from './timeline-drawing.js';

export type FoundPerson =
  | { kind: 'person'; person: PersonView; timeline: Drawing | null }
  | { kind: 'moved'; to: string }
  | { kind: 'unknown' };

const LOOKS_SHOWN = 20;
const VERSIONS_SHOWN = 200;

/** One person with everything that leads to their place in the register. The look is recorded before it is given. */
export async function readPerson(deps: AppDeps, key: string, who: Who): Promise<FoundPerson> {
  const { pool } = deps;
  const current = await ledgerStore(pool).currentKey(key);
  if (current === null) return { kind: 'unknown' };
  if (current !== key) return { kind: 'moved', to: current };
  const row = await entryStore(pool).get(key);
  if (!row) return { kind: 'unknown' };

  await auditStore(pool).record({ who: who.name, role: who.role, action: 'person-seen', subject: key, reason: null });
  const [facts, told, looks] = await Promise.all([
    factsOf(pool, key, row.entry),
    toldOf(deps, key),
    auditStore(pool).of(key, LOOKS_SHOWN),
  ]);
  const { episodes, because, questions, diedOn, nextChangeOn, concurrent, localIds, formerNhsNumbers } = registerRow(
    row.entry,
  );
  const marks = told.map(({ publishedAt, recordVersion, body, bodyName }) => ({
    on: londonDay(publishedAt),
    says: `Version ${recordVersion} for ${bodyName ?? body}`,
  }));
  return {
    kind: 'person',
    timeline: drawn(lanesOf(row.entry, facts.own, marks), row.entry.asOf),
    person: {
      ...personRow(row),
      asOf: row.entry.asOf,
      foldedAt: row.foldedAt.toISOString(),
      episodes: episodes.map((episode, index) => ({
        ...episode,
        council: bodyView(row.entry.episodes[index]?.council ?? row.entry.council),
      })),
      because,
      openQuestions: questions.map(({ id, kind, text, options }) => ({ id, kind, text, options })),
      diedOn,
      nextChangeOn,
      concurrent,
      localIds,
      formerNhsNumbers,
      facts: facts.shown,
      told,
      seenBy: looks.map(({ at, who: name, role, action }) => ({ at: at.toISOString(), who: name, role, action })),
    },
  };
}

/** In the order of when they were true. The tenth identical statement is one fact, said ten times. */
async function factsOf(
  pool: AppDeps['pool'],
  key: string,
  entry: Entry,
): Promise<{ own: Fact[]; shown: PersonView['facts'] }> {
  const [node] = await peopleStore(pool).nodeIdsOf([key]);
  const closure = node === undefined ? null : await inTransaction(pool, (db) => closureStore(db).read(node));
  if (!closure) return { own: [], shown: [] };
  const learnt = new Map<Fact, LearntFact>(closure.facts.map((each) => [each.fact, each]));
  const own = personsOf(closure.facts.map(({ fact }) => fact)).find((person) => isOf(entry, person));
  const facts = own?.facts ?? [];
  const said = new Map<string, Fact[]>();
  for (const fact of facts) said.set(fact.id, [...(said.get(fact.id) ?? []), fact]);
  const shown = [...said].flatMap(([id, [first, ...again]]) => {
    const found = first && learnt.get(first);
    if (!first || !found) return [];
    const { kind, effectiveAt } = first;
    return [
      {
        id,
        kind,
        says: factText(first),
        effectiveAt,
        learntAt: found.learntAt.toISOString(),
        by: statedByText(first),
        messageId: found.messageId,
        times: 1 + again.length,
      },
    ];
  });
  return { own: facts, shown };
}

const isOf = (entry: Entry, { nhsNumber, localIds }: Pick<Entry, 'nhsNumber' | 'localIds'>): boolean =>
  nhsNumber === entry.nhsNumber &&
  (nhsNumber !== null ||
    localIds.some((id) => entry.localIds.some((own) => JSON.stringify(own) === JSON.stringify(id))));

async function toldOf(deps: AppDeps, key: string): Promise<PersonView['told']> {
  const keys = await traceStore(deps.pool).keysOf(key);
  const [publications, rows] = await Promise.all([
    ledgerStore(deps.pool).history(keys),
    deliveryStore(deps.pool).list({ personKeys: keys, limit: VERSIONS_SHOWN }),
  ]);
  return rows.flatMap((row) => {
    const publication = publications.find(({ id }) => id === row.publicationId);
    if (!publication) return [];
    const { bodyKind, confirmedAt } = publication;
    return [
      {
        ...deliveryRow(row, deps),
        bodyKind,
        confirmedAt: confirmedAt?.toISOString() ?? null,
        episodes: episodesTold(publication),
      },
    ];
  });
}

function episodesTold({ content }: Publication): PersonView['told'][number]['episodes'] {
  const { publication } = content as LedgerContent;
  return publication.episodes.map(({ episodeOfCare, flag, carePlan }) => ({
    episodeOfCare,
    flag: flag === null ? null : flag.reason === null ? flag.status : `${flag.status}, ${flag.reason}`,
    carePlan,
  }));
}
