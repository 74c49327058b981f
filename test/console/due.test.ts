import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Clock } from '../../src/register/entry.js';
import { agreed, entry, episode, SOLIHULL } from '../publish/entries.js';
import { bearer, type House, NHS_NUMBER, openHouse, registered } from './house.js';

const OTHER = '9990000026';
const clock = (over: Partial<Clock>): Clock => ({
  kind: 'review',
  startedOn: '2026-03-01',
  dueOn: '2026-04-12',
  doneOn: null,
  state: 'overdue',
  facts: [],
  ...over,
});

let house: House;
beforeAll(async () => {
  house = await openHouse({ now: () => new Date('2026-04-15T12:00:00Z') });
  const done = clock({ kind: 'follow-up', dueOn: '2026-03-04', doneOn: '2026-03-03', state: 'done' });
  await registered(house, entry([episode()], { clocks: [done, clock({})] }), [`nhs:${NHS_NUMBER}`]);
  const plan = clock({ kind: 'plan', startedOn: '2026-04-01', dueOn: null, state: 'running' });
  const inSolihull = episode({ council: agreed(SOLIHULL), anchors: ['RXT|P2'] });
  const far = clock({ dueOn: '2026-12-01', state: 'running' });
  await registered(house, entry([inSolihull], { nhsNumber: OTHER, clocks: [plan, far] }), [`nhs:${OTHER}`]);
});
afterAll(() => house.close());

const page = async (path: string) => (await fetch(`${house.url}${path}`, { headers: bearer() })).text();
const due = async (query = ''): Promise<[string, string][]> => {
  const answer = await (await fetch(`${house.url}/api/due${query}`, { headers: bearer() })).json();
  return answer.due.map(({ nhsNumber, kind }: { nhsNumber: string; kind: string }) => [nhsNumber, kind]);
};

test('what is open is listed, the longest due first; what was done and what is far off is not', async () => {
  expect(await due()).toEqual([
    [OTHER, 'plan'],
    [NHS_NUMBER, 'review'],
  ]);
  expect(await due('?kind=review')).toEqual([[NHS_NUMBER, 'review']]);
  expect(await due(`?body=${SOLIHULL}`)).toEqual([[OTHER, 'plan']]);
  expect(await due('?until=2026-12-31')).toHaveLength(3);
});

test('page by page, nobody twice', async () => {
  const first = await (await fetch(`${house.url}/api/due?limit=1`, { headers: bearer() })).json();
  const second = await (
    await fetch(`${house.url}/api/due?limit=1&after=${encodeURIComponent(first.nextAfter)}`, { headers: bearer() })
  ).json();
  expect([...first.due, ...second.due].map(({ nhsNumber }) => nhsNumber)).toEqual([OTHER, NHS_NUMBER]);
});

test('the page says what, for whom, by when and how late; and who was listed is recorded', async () => {
  const html = await page('/console/due');
  expect(html).toContain('Review');
  expect(html).toContain('Overdue');
  expect(html).toContain('before leaving hospital');
  const { rows } = await house.database.pool.query("select distinct subject from audit where action = 'person-listed'");
  expect(rows).toHaveLength(2);
  expect((await fetch(`${house.url}/console/due?kind=lunch`, { headers: bearer() })).status).toBe(400);
});
