import type { Day } from './day.js';
import type { Episode, Responsibility } from './entry.js';
import type { Named, Reading } from './register-reading.js';
import { agreeing, type Ours, type Standing, standingOn } from './register-status.js';

type Field = keyof Reading['has'];

/** One field in which one register differs, and what this one has there. */
export type Difference = { reading: Reading; field: Field; here: string };

/** A body under another of its codes: no difference, and worth a word. */
type OtherCode = { reading: Reading; written: string; code: string };

/** Where the registers differ from this one, or from each other where this one is open. */
export function differencesOf(
  readings: readonly Reading[],
  ours: Ours,
): { differences: Difference[]; otherCodes: OtherCode[] } {
  const differences: Difference[] = [];
  const otherCodes: OtherCode[] = [];
  for (const reading of readings) {
    const standing = standingOn(reading.fact.on, ours);
    const sides = sidesOf(standing);
    if (readings.some((other) => isAnotherEntry(reading, other)))
      differences.push({ reading, field: 'Entries', here: 'one entry' });
    if (isAnotherDay(reading.has.Born, ours.birthDate))
      differences.push({ reading, field: 'Born', here: ours.birthDate });
    const former = formerEpisode(reading, standing, ours);
    differences.push(...(former ? [] : statusDifference(reading, standing, ours)));
    differences.push(...dayDifferences(reading, former ?? standing.episode));
    for (const { field, side, body } of sides) {
      const named = reading[side];
      if (named === null) continue;
      const all = readings.flatMap((each) => each[side] ?? []);
      if (differs(named, body, all)) differences.push({ reading, field, here: inWords(body) });
      else if (body.code !== null && !isWritten(named, body.code))
        otherCodes.push({ reading, written: named.written, code: body.code });
    }
  }
  return { differences, otherCodes };
}

/** One register has the person twice, as two cases that are both open. */
const isAnotherEntry = (a: Reading, b: Reading): boolean =>
  a.register === b.register &&
  isOpenEntry(a) &&
  isOpenEntry(b) &&
  a.fact.caseId !== null &&
  b.fact.caseId !== null &&
  a.fact.caseId !== b.fact.caseId;

const isOpenEntry = ({ fact }: Reading): boolean => fact.status === 'active' || fact.status === 'prospective';

const isAnotherDay = (there: Day | null, here: Day | null): here is Day =>
  there !== null && here !== null && there !== here;

/** Of a person of whom nothing is known here, nobody is responsible here: the status says it all. */
const sidesOf = ({ episode }: Standing) =>
  episode === null
    ? []
    : ([
        { field: 'Council', side: 'council', body: episode.council },
        { field: 'ICB', side: 'icb', body: episode.icb },
      ] as const);

function statusDifference(reading: Reading, standing: Standing, ours: Ours): Difference[] {
  const { status } = reading.fact;
  if (agreeing(standing, ours).includes(status)) return [];
  if (isAnothers(reading, standing) && (status === 'none' || status === 'ended')) return [];
  return [{ reading, field: 'Status', here: inPlainWords(standing) }];
}

/** Kept by a body whose episode is over, as it says; the duty of today is another's, or nobody knows yet whose it is. */
function formerEpisode({ keeper, fact }: Reading, standing: Standing, { episodes }: Ours): Episode | null {
  const now = sideOf(fact, standing);
  if (fact.status !== 'ended' || keeper === null || now === undefined || means(keeper, now.body)) return null;
  return episodes.slice(0, standing.at).findLast((each) => means(keeper, each[now.side])) ?? null;
}

/** Kept by a body that is known and has not the duty: it need not have the person. */
function isAnothers({ keeper, fact }: Reading, standing: Standing): boolean {
  const body = sideOf(fact, standing)?.body;
  return keeper !== null && body !== undefined && body.code !== null && !means(keeper, body);
}

/** None for a trust: no duty is its own. */
const sideOf = ({ body }: Reading['fact'], standing: Standing) => sidesOf(standing).find(({ side }) => side === body);

const inPlainWords = ({ status }: Standing): string => (status === 'not-known' ? 'nothing that qualifies' : status);

function dayDifferences(reading: Reading, episode: Episode | null): Difference[] {
  const { from, to } = reading.fact;
  const here = { From: episode?.from ?? null, To: episode?.to ?? null };
  const there = { From: from, To: to };
  return (['From', 'To'] as const).flatMap((field): Difference[] => {
    const [ours, theirs] = [here[field], there[field]];
    return isAnotherDay(theirs, ours) ? [{ reading, field, here: ours }] : [];
  });
}

/** Where several may be responsible each of them agrees, unless the registers name more than one. */
function differs(named: Named, body: Responsibility, all: readonly Named[]): boolean {
  if (!means(named, body)) return true;
  return body.candidates.length > 0 && all.some((other) => !named.codes.some((code) => other.codes.includes(code)));
}

const means = ({ codes }: Named, { code, candidates }: Responsibility): boolean =>
  codes.some((each) => each === code || candidates.includes(each));

const isWritten = ({ written }: Named, code: string): boolean => written.toUpperCase() === code;

const inWords = ({ code, candidates }: Responsibility): string =>
  candidates.length > 0 ? candidates.join(' or ') : (code ?? 'nobody yet');
