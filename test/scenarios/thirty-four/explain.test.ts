import { describe, expect, test } from '@jest/globals';
import { PRACTICES } from '../../support/divided.js';
import { CUMBRIA, knowing } from '../../support/postcodes.js';
import { tablesWith } from '../../support/tables.js';
import { STORIES, titleOf } from './all.js';
import type { Expected } from './scenario.js';
import { COUNCILS, found, tellingOf } from './telling.js';

const connected = tablesWith(Object.fromEntries(COUNCILS.map((gss) => [gss, 'http://127.0.0.1:1/fhir'])));
const tables = { ...connected, directory: knowing(connected.directory, CUMBRIA, { practices: PRACTICES }) };

test('all 34 scenarios are told', () => {
  const numbers = new Set(STORIES.map(({ scenario }) => scenario));
  expect([...numbers]).toEqual(Array.from({ length: 34 }, (_, index) => index + 1));
});

const SAID = ['status', 'episodes', 'council', 'icb', 'because', 'asked', 'sent'];

test.each(STORIES.map((story) => [titleOf(story), story] as const))(
  '%s: says what is expected of status, episodes, bodies, reasons, questions and what is sent',
  (_title, { expected }) => {
    expect(expected.flatMap(Object.keys)).toEqual(expect.arrayContaining(SAID));
  },
);

const onDay = ({ asOf, of }: Expected): string => `on ${asOf}${of === 'OTHER' ? ', of the other person' : ''}`;

describe.each(STORIES.map((story, index) => ({ title: titleOf(story), story, index })))(
  '$title',
  ({ story, index }) => {
    for (const expected of story.expected) {
      const { todo, ...said } = expected;
      const holds = () => expect(found(said, tellingOf(story, index, tables), tables)).toEqual(said);
      if (todo === undefined) test(onDay(expected), holds);
      // It fails until it is so, and says then that it is.
      else if (Object.keys(said).length > 1) test.failing(`${onDay(expected)} is yet to come: ${todo}`, holds);
      else test.todo(todo);
    }
  },
);
