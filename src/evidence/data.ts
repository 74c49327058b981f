import { factsById, factText, statedByText, trueSince } from '../console/fact-text.js';
import { type Lane, lanesOf } from '../console/timeline.js';
import type { Gathered } from '../flow/evidence.js';
import type { KnownDay, Learnt } from '../flow/known.js';
import { type Day, londonDay } from '../register/day.js';
import type { Entry, Responsibility } from '../register/entry.js';
import type { Fact } from '../register/fact.js';
import { canonical } from '../seal/canonical.js';
import type { Original } from '../seal/originals.js';
import type { Listed } from '../store/evidence.js';
import { type ChargeLine, chargesOf } from './charges.js';
import { type AnsweredQuestion, answeredOf } from './questions.js';
import { type TakenBackBy, takenBackIn } from './taken-back.js';

/** How the document came about. */
export type Made = { at: string; by: string; with: string; site: string };

export type About = Pick<Entry, 'nhsNumber' | 'formerNhsNumbers' | 'name' | 'birthDate' | 'localIds'> & {
  personKeys: string[];
  asOf: Day;
  made: Made;
};

type Body = Pick<Responsibility, 'code' | 'standing' | 'candidates'>;

/** What the register answered from a day on, until the next row of the same number. */
export type KnownRow = {
  nhsNumber: string;
  on: Day;
  newly: number;
  status: Entry['status'];
  council: Body;
  icb: Body;
  episodes: Pick<Entry['episodes'][number], 'status' | 'from' | 'to' | 'endedBy'>[];
  questions: string[];
};

/** `said`: each time it was learnt, with the original that said it; `until` where a newer reading says it no more. */
export type FactRow = {
  id: string;
  kind: Fact['kind'];
  says: string;
  by: string;
  byPerson: boolean;
  effectiveAt: string;
  said: { learntAt: string; until: string | null; from: Learnt['from'] }[];
  /** The fact by which somebody took it back. */
  withdrawnBy: string | null;
  fact: Fact;
};

/** Everything that the document says. Parts are named in its proof. */
export type EvidenceData = {
  about: About;
  register: Pick<
    Entry,
    'status' | 'diedOn' | 'council' | 'icb' | 'episodes' | 'concurrent' | 'because' | 'nextChangeOn'
  >;
  timeline: Lane[];
  known: KnownRow[];
  facts: FactRow[];
  questions: Entry['questions'];
  answered: AnsweredQuestion[];
  /** What was due, and what was done. */
  due: Entry['clocks'];
  charges: ChargeLine[];
  bodies: { code: string; name: string }[];
  listed: Listed[];
  originals: Original[];
};

/** What was gathered, as the document says it. `nameOf`: the name that a body has today. */
export function evidenceData(gathered: Gathered, made: Made, nameOf: (code: string) => string | null): EvidenceData {
  const { entry, personKeys, known, originals, listed } = gathered;
  const { nhsNumber, formerNhsNumbers, name, birthDate, localIds, asOf, questions } = entry;
  const { status, diedOn, council, icb, episodes, concurrent, because, nextChangeOn } = entry;
  const takenBackBy = takenBackIn(gathered.learnt.map(({ fact }) => fact));
  const facts = factRows(gathered.learnt, takenBackBy);
  const own = facts.filter(({ said }) => said.some(({ until }) => until === null)).map(({ fact }) => fact);
  const data = {
    about: { nhsNumber, formerNhsNumbers, name, birthDate, localIds, personKeys, asOf, made },
    register: { status, diedOn, council, icb, episodes, concurrent, because, nextChangeOn },
    timeline: lanesOf(entry, own, toldMarks(originals, nameOf)),
    known: changesOf(known),
    facts,
    questions,
    answered: answeredOf(own, known, takenBackBy),
    due: entry.clocks,
    charges: chargesOf(own, entry, takenBackBy),
    listed,
    originals,
  };
  return { ...data, bodies: bodiesIn(data, nameOf) };
}

/** In the order of when they were true. */
function factRows(learnt: readonly Learnt[], takenBackBy: TakenBackBy): FactRow[] {
  const said = new Map<string, Learnt[]>();
  for (const each of learnt) {
    const of = said.get(each.fact.id);
    if (of) of.push(each);
    else said.set(each.fact.id, [each]);
  }
  const others = factsById(learnt.map(({ fact }) => fact));
  const rows = [...said.values()].flatMap((times): FactRow[] => {
    const fact = times[0]?.fact;
    if (!fact) return [];
    const { id, kind, source } = fact;
    const effectiveAt = trueSince(fact, times[0]?.learntAt.toISOString() ?? fact.effectiveAt);
    const says = { says: factText(fact, others), by: statedByText(fact), byPerson: source.by === 'person' };
    return [{ id, kind, ...says, effectiveAt, said: times.map(timeOf), withdrawnBy: takenBackBy(fact), fact }];
  });
  return rows.sort((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt) || (a.id < b.id ? -1 : 1));
}

const timeOf = ({ learntAt, until, from }: Learnt): FactRow['said'][number] => ({
  learntAt: learntAt.toISOString(),
  until: until?.toISOString() ?? null,
  from,
});

/** Only days on which the answer is another one than before. */
function changesOf(days: readonly KnownDay[]): KnownRow[] {
  const rows: KnownRow[] = [];
  for (const { nhsNumber, on, newly, entry } of days) {
    const row: KnownRow = { nhsNumber, on, newly, ...answerOf(entry) };
    const before = rows.at(-1);
    const same = before?.nhsNumber === nhsNumber && canonical(answerPart(before)) === canonical(answerPart(row));
    if (same && before) before.newly += newly;
    else rows.push(row);
  }
  return rows;
}

const answerOf = (entry: Entry): Omit<KnownRow, 'nhsNumber' | 'on' | 'newly'> => ({
  status: entry.status,
  council: bodyOf(entry.council),
  icb: bodyOf(entry.icb),
  episodes: entry.episodes.map(({ status, from, to, endedBy }) => ({ status, from, to, endedBy })),
  questions: entry.questions.map(({ kind }) => kind),
});
const answerPart = ({ on: _on, newly: _newly, ...answer }: KnownRow) => answer;
const bodyOf = ({ code, standing, candidates }: Responsibility): Body => ({ code, standing, candidates });

function toldMarks(originals: readonly Original[], nameOf: (code: string) => string | null) {
  return originals.flatMap((original) =>
    original.kind === 'version'
      ? [
          {
            on: londonDay(original.publishedAt),
            says: `Version ${original.recordVersion} for ${nameOf(original.body) ?? original.body}`,
          },
        ]
      : [],
  );
}

/** Names of every code that stands anywhere in the document, so that it needs no directory to be read. */
function bodiesIn(data: object, nameOf: (code: string) => string | null): EvidenceData['bodies'] {
  const codes = new Set(
    JSON.stringify(data)
      .match(/"[A-Z0-9]{3,9}(?:-children)?"/g)
      ?.map((quoted) => quoted.slice(1, -1)),
  );
  return [...codes].sort().flatMap((code) => {
    const name = nameOf(code);
    return name === null ? [] : [{ code, name }];
  });
}
