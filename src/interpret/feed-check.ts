import { basename } from 'node:path';
import { mayHold } from '../hl7v2/structure.js';
import type { Codes } from './codes.js';
import type { Effect, Feed, Periods, RowPlaces } from './feed.js';
import { didYouMean } from './suggest.js';
import type { Problem } from './yaml-file.js';

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
    ...(codes ? wordProblems(feed, codes) : []),
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
  if (!Object.keys(feed.triggers).some((trigger) => mayHold(trigger, periods.segment))) {
    say('segment', `none of the triggers has ${periods.segment}`);
  }
  if (!periods.where && belongsToOthers(periods)) {
    say('segment', 'needs where: rows that belong to a period must be told from the row that is it');
  }
  return problems;
}

const belongsToOthers = (periods: Periods): boolean =>
  [periods.id, periods.from, periods.to, periods.endReason, periods.postcode]
    .flatMap((places): RowPlaces => places ?? [])
    .some((place) => typeof place !== 'string');

/** Words for tables that do not exist, and words that stand for no code. */
export function wordProblems({ words }: Pick<Feed, 'words'>, codes: Codes): Problem[] {
  return [...words].flatMap(([table, meanings]): Problem[] => {
    if (!codes.tables.includes(table)) {
      const what = `there is no code table mappings/codes/${table}.csv${didYouMean(table, codes.tables)}`;
      return [{ path: ['words', table], what }];
    }
    return [...meanings].flatMap(([, { written, code, system }]) => {
      const answer = codes.lookup(table, system, code);
      return answer.kind === 'mapped' ? [] : [{ path: ['words', table, written], what: answer.text }];
    });
  });
}
