import { basename } from 'node:path';
import { mayHold } from '../hl7v2/structure.js';
import type { Problem } from '../yaml-lines.js';
import type { Codes } from './codes.js';
import type { Effect, Feed, Periods, RowPlaces, Word } from './feed.js';
import { didYouMean } from './suggest.js';

/** What no single value of a definition shows: keys that need each other, triggers that cannot tell what they should, words without a code. */
export function feedProblems(feed: Feed, file: string, codes: Codes | null): Problem[] {
  return [
    ...(feed.feed === basename(file, '.yaml') ? [] : [{ path: ['feed'], what: 'is not the name of the file' }]),
    ...Object.entries(feed.triggers).flatMap(([trigger, effects]) =>
      effects.flatMap((effect, nth) =>
        effectProblems(feed, trigger, effect).map((what) => ({ path: ['triggers', trigger, nth], what })),
      ),
    ),
    ...(feed.periods ? periodProblems(feed, feed.periods) : []),
    ...wordProblems(feed, codes),
  ];
}

/** The keys without which an effect says nothing. */
const NEEDS: Record<Effect, readonly (keyof Feed)[]> = {
  admitted: ['patientClass', 'visit'],
  'admission-cancelled': ['patientClass', 'visit'],
  left: ['patientClass', 'visit'],
  'left-if-stated': ['patientClass', 'visit', 'leftAt'],
  'left-cancelled': ['patientClass', 'visit'],
  'leave-started': ['patientClass', 'visit'],
  'leave-ended': ['patientClass', 'visit'],
  merged: ['prior'],
  'visit-moved': ['prior', 'visit'],
  deleted: [],
  'identity-told': [],
};

function effectProblems(feed: Feed, trigger: string, effect: Effect): string[] {
  const missing = NEEDS[effect].filter((key) => feed[key] === undefined);
  const segments = effect === 'merged' || effect === 'visit-moved' ? ['MRG'] : stayed(feed, effect);
  return [
    ...missing.map((key) => `${effect} needs ${key}, which the definition does not have`),
    ...segments
      .filter((segment) => !mayHold(trigger, segment))
      .map((segment) => `${trigger} never has ${segment}, where ${effect} is read from`),
  ];
}

const stayed = ({ patientClass }: Feed, effect: Effect): string[] =>
  NEEDS[effect].includes('patientClass') ? (patientClass ?? []).slice(0, 1).map((path) => path.slice(0, 3)) : [];

function periodProblems(feed: Feed, periods: Periods): Problem[] {
  const problems: Problem[] = [];
  const say = (key: string, what: string) => problems.push({ path: ['periods', key], what });
  if (periods.id && periods.madeFrom) say('madeFrom', 'is not needed where id says what tells the periods apart');
  if (!periods.id && !periods.madeFrom) {
    problems.push({
      path: ['periods'],
      what: 'needs id, or madeFrom (visit, status, from) where the sender gives none',
    });
  }
  if (periods.madeFrom?.includes('visit') && !feed.visit)
    say('madeFrom', 'needs visit, which the definition does not have');
  if (periods.action && periods.withdrawn) say('withdrawn', 'is not needed where action says which rows are withdrawn');
  for (const status of namedTwice(periods)) say('resultStatus', `${status} is named twice; a row is one or the other`);
  if (!Object.keys(feed.triggers).some((trigger) => mayHold(trigger, periods.segment))) {
    say('segment', `none of the triggers has ${periods.segment}`);
  }
  if (!periods.where && belongsToOthers(periods)) {
    say('segment', 'needs where: rows that belong to a period must be told from the row that is it');
  }
  return problems;
}

/** What the rows of a period say of their standing, where more than one of its settings names it. */
function namedTwice({ resultStatus, withdrawn }: Periods): string[] {
  if (!resultStatus) return [];
  const { path, final, corrected = [] } = resultStatus;
  const named = [...final, ...corrected, ...(withdrawn?.path === path ? withdrawn.is : [])];
  return [...new Set(named.filter((status, nth) => named.indexOf(status) !== nth))];
}

const belongsToOthers = (periods: Periods): boolean =>
  [periods.id, periods.from, periods.to, periods.endReason, periods.postcode]
    .flatMap((places): RowPlaces => places ?? [])
    .some((place) => typeof place !== 'string');

/** Words that are written twice, for tables that do not exist, and that stand for no code. `codes` null: not to be had. */
export function wordProblems({ words }: Pick<Feed, 'words'>, codes: Codes | null): Problem[] {
  return [...words].flatMap(([table, meanings]): Problem[] => {
    const written = [...meanings.values()];
    return [...written.flatMap((word) => doubled(table, word)), ...(codes ? meaningless(table, written, codes) : [])];
  });
}

/** Which of them would count is nowhere written down. */
const doubled = (table: string, { written, again }: Word): Problem[] =>
  again.map((word) => ({
    path: ['words', table, word.written],
    what: `is the word ${written.trim()} again, for capitals and spaces make no difference; keep one`,
  }));

function meaningless(table: string, words: readonly Word[], codes: Codes): Problem[] {
  if (!codes.tables.includes(table)) {
    const what = `there is no code table mappings/codes/${table}.csv${didYouMean(table, codes.tables)}`;
    return [{ path: ['words', table], what }];
  }
  const all = words.flatMap((word) => [word, ...word.again]);
  return all.flatMap(({ written, code, system }) => {
    const answer = codes.lookup(table, system, code);
    return answer.kind === 'mapped' ? [] : [{ path: ['words', table, written], what: answer.text }];
  });
}
