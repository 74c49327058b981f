import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, OTHER, PERSON, type Period, SECTION_3 } from '../scenarios/adt.js';
import { tell } from '../scenarios/tell.js';
import { TODAY } from './story.js';

const THIRD = '9990000034';
const of = (nhsNumber: string, sentAt: string, periods: Partial<Period>[], over: Partial<Adt> = {}): Adt => ({
  ...HOME,
  controlId: `${nhsNumber}${sentAt}`,
  sentAt,
  nhsNumber,
  mrn: `L-${nhsNumber}`,
  visit: `V-${nhsNumber}`,
  periods: periods.map((period) => ({ ...SECTION_3, ...period })),
  ...over,
});
/** How many periods of each person are told of somebody else too. */
const shared = (...messages: Adt[]): [string | null, number][] =>
  tell(messages, TODAY).register.map(({ nhsNumber, questions }) => [
    nhsNumber,
    questions.filter(({ kind }) => kind === 'identity-conflict').length,
  ]);

describe('a period is one person’s', () => {
  test('each of several that are told of two is asked about', () => {
    const periods = [{ id: 'P1' }, { id: 'P2', from: '20260110' }];
    expect(shared(of(PERSON, '20260301100500', periods), of(OTHER, '20260301100600', periods))).toEqual([
      [PERSON, 2],
      [OTHER, 2],
    ]);
  });

  test('a sender that counts each person’s from 1 is not asked about; another sender’s numbers are', () => {
    const counted = [PERSON, OTHER, THIRD].map((nhsNumber) => of(nhsNumber, '20260301100500', [{ id: '1' }]));
    expect(shared(...counted).map(([, asked]) => asked)).toEqual([0, 0, 0]);
    const further = [PERSON, OTHER].map((nhsNumber) =>
      of(nhsNumber, '20260302100500', [{ id: '2', from: '20260110' }]),
    );
    expect(shared(...counted, ...further).map(([, asked]) => asked)).toEqual([0, 0, 0]);
    const elsewhere = [PERSON, OTHER].map((nhsNumber) =>
      of(nhsNumber, '20260302100500', [{ id: 'X9', from: '20260110' }], { sender: 'RXX', mrn: `X-${nhsNumber}` }),
    );
    expect(shared(...counted, ...elsewhere)).toEqual([
      [PERSON, 1],
      [OTHER, 1],
      [THIRD, 0],
    ]);
  });

  test('as it was last told: withdrawn from one it is the other’s, and told again it is asked about', () => {
    const told = [of(PERSON, '20260301100500', [{}]), of(OTHER, '20260301100600', [{}])];
    const withdrawn = of(OTHER, '20260302100600', [{ action: 'D' }], { trigger: 'A08' });
    const again = of(OTHER, '20260303100600', [{ to: '20260221' }], { trigger: 'A08' });
    const asked = (...messages: Adt[]) => shared(...messages).map(([, count]) => count);
    expect(asked(...told, withdrawn)).toEqual([0, 0]);
    expect(asked(withdrawn, ...told)).toEqual([0, 0]);
    expect(asked(...told, withdrawn, again)).toEqual([1, 1]);
    expect(asked(again, withdrawn, ...told)).toEqual([1, 1]);
  });

  test('an order that hangs off a period, told of another person, is none', () => {
    const order: Adt = {
      ...of(OTHER, '20260302100600', []),
      trigger: 'A08',
      periods: [{ id: 'P1', action: 'D', community: 'CTO' }],
    };
    expect(shared(of(PERSON, '20260301100500', [{}]), order).map(([, count]) => count)).toEqual([0, 0]);
  });
});
