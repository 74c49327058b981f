import { EVIDENCE_OF_DETENTION } from '../register/stated-words.js';
import type { Problem } from '../yaml-lines.js';
import type { Codes } from './codes.js';
import { hasShortYear } from './load-date.js';
import type { FieldForm, LoadedKind } from './load-fields.js';
import { type Draft, type FieldSource, tidyWord } from './load-source.js';
import { fieldProblem } from './stated.js';

/** What the form of a mapping does not show: words and constants that would refuse every row, or load what nobody means. */
export function mistakesTogether(draft: Draft, codes: Codes): Problem[] {
  const inFacts = draft.facts.flatMap(({ nth, kind, fields }) =>
    fields.flatMap((of) => sourceMistakes({ ...of, kind, path: ['facts', nth, of.field] }, draft, codes)),
  );
  return [...centuryMistakes(draft), ...doubledWords(draft), ...inFacts];
}

function centuryMistakes({ dates }: Draft): Problem[] {
  if (dates === null || dates.twoDigitYearsFrom !== null || !dates.formats.some(hasShortYear)) return [];
  const what = 'two-digit years are allowed: say from which year they count with twoDigitYearsFrom';
  return [{ path: ['dates'], what }];
}

const doubledWords = ({ words }: Draft): Problem[] =>
  [...words].flatMap(([list, of]) => {
    const seen = new Set<string>();
    return of.flatMap(([written]) => {
      const again = seen.has(tidyWord(written));
      seen.add(tidyWord(written));
      return again ? [{ path: ['words', list, written], what: 'stands twice, but for capitals and spaces' }] : [];
    });
  });

type Asked = FieldSource & { kind: LoadedKind; path: Problem['path'] };

function sourceMistakes(asked: Asked, { words }: Draft, codes: Codes): Problem[] {
  const { path, form, source } = asked;
  const here = (what: string): Problem[] => [{ path, what }];
  if ('value' in source) {
    if (!valueFits(form, source.value)) return here(`the value does not fit: ${WANTED[baseOf(form)]}`);
    const what = meaningless(asked, source.value, codes);
    return what === null ? [] : here(what);
  }
  if (source.words === undefined) {
    if (baseOf(form) === 'section' && !source.system) return here('name a list of words, or the system of the codes');
    return baseOf(form) === 'flag' ? here('name a list of words that says which mean true and which false') : [];
  }
  const list = words.get(source.words);
  if (list === undefined) return here(`there is no list ${source.words} under words`);
  return listMistakes(asked, { name: source.words, list, system: source.system }, codes);
}

type List = { name: string; list: readonly (readonly [string, unknown])[]; system: string | undefined };

function listMistakes(asked: Asked, { name, list, system }: List, codes: Codes): Problem[] {
  const { form, path } = asked;
  const means = list.map(
    ([written, value]) => [written, typeof value === 'string' && system ? { system, code: value } : value] as const,
  );
  if (!means.every(([, value]) => valueFits(form, value)))
    return [{ path, what: `a word of ${name} does not fit: ${WANTED[baseOf(form)]}` }];
  return means.flatMap(([written, value]) => {
    const what = meaningless(asked, value, codes);
    return what === null ? [] : [{ path: ['words', name, written], what }];
  });
}

const baseOf = (form: FieldForm): string => form.replace('?', '');

const WANTED: Record<string, string> = {
  section: 'a section is {system, code}, or a code with the system beside the column',
  flag: 'true or false',
  day: 'a day comes from a column',
  text: 'text',
  texts: 'a list of texts, or text',
  certainty: 'text',
  amount: 'text such as "120.50"',
};

function valueFits(form: FieldForm, value: unknown): boolean {
  if (baseOf(form) === 'section') return isSection(value);
  if (baseOf(form) === 'flag') return typeof value === 'boolean';
  if (baseOf(form) === 'texts' && Array.isArray(value)) return true;
  return baseOf(form) !== 'day' && typeof value === 'string';
}

const isSection = (value: unknown): value is { system: string; code: string } =>
  typeof value === 'object' && value !== null && 'system' in value;

/** What is wrong with a value that fits, by the code tables and by what a fact of this kind may hold. */
function meaningless({ kind, field, form }: Asked, value: unknown, codes: Codes): string | null {
  if (isSection(value)) {
    const answer = codes.legalStatus(value.system, value.code);
    return answer.kind === 'mapped' ? null : answer.text;
  }
  if (baseOf(form) === 'certainty') return isCertainty(value) ? null : `is none of ${EVIDENCE_OF_DETENTION.join(', ')}`;
  return fieldProblem(kind, field, baseOf(form) === 'texts' && !Array.isArray(value) ? [value] : value);
}

const isCertainty = (value: unknown): boolean => EVIDENCE_OF_DETENTION.some((known) => known === value);
