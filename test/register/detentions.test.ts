import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, type Period, SECTION_3 } from '../scenarios/adt.js';
import type { Stated } from '../scenarios/tell.js';
import { answerTo, asked, id, idsOf, news, row, rulesOf, textOf } from './story.js';

const ENGLAND = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland';
const home = (...periods: Partial<Period>[]): Adt => ({
  ...HOME,
  periods: periods.map((period, index) => ({ ...SECTION_3, id: `P${index + 1}`, ...period })),
});
const reported = (certainty: string, over: object = {}): Stated => ({
  kind: 'detention',
  section: { system: ENGLAND, code: '03' },
  from: '1984-05-01',
  to: '1984-09-01',
  certainty,
  ...over,
});
const LEFT: Stated = { kind: 'left-hospital', on: '1984-09-01' };

describe('a legal status that does not say by itself whether section 117 applies', () => {
  test('not applicable teaches nothing, and asks nothing', () => {
    expect(row([home({ status: '98' })])).toMatchObject({ status: 'not-known', questions: [] });
  });

  test('two of them are two questions; confirmed, each is a power that people confirmed', () => {
    const messages = [home({ status: '36' }, { status: '32', from: '20260110' })];
    const questions = asked(row(messages), 'legal-status-unclear');
    expect(idsOf(questions).size).toBe(2);
    const told = row(
      messages,
      questions.map((question) => answerTo(question, 'qualifies')),
    );
    const basis = 'other-confirmed';
    expect(told.episodes).toMatchObject([{ qualifying: [{ basis }, { basis }] }]);
  });
});

describe('a detention that is only reported', () => {
  test.each([
    ['reported-by-family', true],
    ['Told by a neighbour', true],
    ['rumour', true],
    ['rumor', true],
    ['reported', false],
    ['papers-seen, as told by the archive', false],
  ])('%s: weighed by a person first: %s', (certainty, isAsked) => {
    const told = row([], [reported(certainty), LEFT]);
    expect(told.status).toBe(isAsked ? 'not-known' : 'active');
    expect(asked(told, 'legal-status-unclear')).toHaveLength(isAsked ? 1 : 0);
  });

  test.each([
    ['detained', 'active'],
    ['not-shown', 'not-known'],
  ])('weighed as %s: %s', (option, status) => {
    const stated = [reported('reported-by-family', { id: id(1) }), LEFT];
    const [question] = asked(row([], stated), 'legal-status-unclear');
    expect(question).toMatchObject({ options: ['detained', 'not-shown'], facts: [id(1)] });
    const told = row([], [...stated, answerTo(question, option)]);
    expect(told.status).toBe(status);
    expect(asked(told, 'legal-status-unclear')).toEqual([]);
  });

  test('two are two questions, and whether the power qualifies is another', () => {
    const second = reported('reported-by-family', { from: '1990-01-01', to: '1990-02-01' });
    expect(idsOf(asked(row([], [reported('reported-by-family'), second]), 'legal-status-unclear')).size).toBe(2);
    const unclear = reported('reported-by-family', { section: { system: ENGLAND, code: '36' } });
    const [shown] = asked(row([], [unclear]), 'legal-status-unclear');
    const [power] = asked(row([], [unclear, answerTo(shown, 'detained')]), 'legal-status-unclear');
    expect(power?.options).toEqual(['qualifies', 'does-not-qualify']);
    expect(power?.id).not.toBe(shown?.id);
  });
});

test('two withdrawn periods are two questions, each about its own detention', () => {
  const withdrawn = news('20260402090000', { id: 'P1', action: 'D' }, { id: 'P2', from: '20260110', action: 'D' });
  const told = row([home({}, { from: '20260110' }), withdrawn]);
  const questions = asked(told, 'detention-withdrawn');
  expect(idsOf(questions).size).toBe(2);
  expect(new Set(questions.flatMap(({ facts }) => facts)).size).toBe(2);
  expect(told.status).toBe('active');
  const never = questions.map((question) => answerTo(question, 'never-detained'));
  expect(rulesOf(row([home({}, { from: '20260110' }), withdrawn], never))).toContain('recorded-in-error');
});

test('a period that is told again after it was withdrawn stands; an older telling that comes late does not bring it back', () => {
  const withdrawn = news('20260402090000', { id: 'P1', action: 'D' });
  const again = (sentAt: string) => news(sentAt, { id: 'P1', to: '20260220' });
  expect(asked(row([HOME, withdrawn, again('20260403090000')]), 'detention-withdrawn')).toEqual([]);
  expect(asked(row([HOME, withdrawn, again('20260401090000')]), 'detention-withdrawn')).toHaveLength(1);
});

test('the reason says until when, where that was told', () => {
  const texts = (adt: Adt) => row([adt]).because.filter(({ rule }) => rule === 'qualifying-detention');
  expect(texts(HOME)).toMatchObject([{ text: 'Detained under section 3 from 2026-01-01 to 2026-02-20.' }]);
  expect(texts(home({ to: undefined }))).toMatchObject([{ text: 'Detained under section 3 from 2026-01-01.' }]);
  expect(textOf(row([HOME]))).toBe('');
});
