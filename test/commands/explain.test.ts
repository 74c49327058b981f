import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { explainCommand } from '../../src/commands/explain.js';
import { adt, HOME, PERSON } from '../scenarios/adt.js';
import { contextOf, run } from './terminal.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercare-explain-'));
});
afterAll(() => rm(folder, { recursive: true }));

const OTHER = '9990000026';
const THIRD = '9990000034';
const statedBy = { organisation: 'RXT', name: 'A. Invented', role: 'administrator' };
const id = (digit: number): string => `00000000-0000-4000-8000-00000000000${digit}`;

/** What `explain` says of a discharge home and of what people stated. */
async function explained(facts: readonly object[], ...args: string[]): Promise<string> {
  const [message, stated] = [join(folder, 'home.hl7'), join(folder, 'facts.ndjson')];
  await writeFile(message, adt(HOME));
  const lines = facts.map((fact, at) => JSON.stringify({ id: id(at + 1), nhsNumber: PERSON, statedBy, ...fact }));
  await writeFile(stated, lines.join('\n'));
  const { code, out } = await run(
    explainCommand,
    [message, '--facts', stated, '--as-of', '2026-11-21', ...args],
    contextOf(null),
  );
  expect(code).toBe(0);
  return out;
}

const review = { kind: 'review', heldOn: '2026-09-01', attended: ['person'], outcome: 'continue', nextDue: null };
const nothing = [
  review,
  { kind: 'withdrawn', fact: id(9), because: 'a slip' },
  { kind: 'withdrawn', fact: id(1), because: 'a slip' },
  { kind: 'withdrawn', nhsNumber: OTHER, fact: id(1), because: 'a slip' },
  { kind: 'answer', question: 'which-council-0', option: 'E08000025', because: 'known' },
  { kind: 'reinstated', from: '2026-06-01', reason: 'too early' },
  { kind: 'died', on: '2026-11-22', verified: true },
  { kind: 'identity-separated', from: THIRD },
];

test('what is stated and does nothing is said, as when it is recorded', async () => {
  const { hints } = JSON.parse(await explained(nothing, '--json'));
  expect(hints).toEqual([
    { nth: 2, fact: id(2), text: expect.stringMatching(/^it withdraws nothing/) },
    { nth: 4, fact: id(4), text: expect.stringMatching(/^it withdraws nothing/) },
    { nth: 5, fact: id(5), text: expect.stringMatching(/^it answers nothing/) },
    { nth: 6, fact: id(6), text: expect.stringMatching(/^it takes no ending back/) },
    { nth: 7, fact: id(7), text: expect.stringMatching(/^its day is still to come/) },
    { nth: 8, fact: id(8), text: expect.stringMatching(/^it separates nothing: no merge/) },
  ]);
  const text = await explained(nothing);
  expect(text).toContain(`Stated facts that do nothing yet\n  Fact 2 of the file (${id(2)}): it withdraws nothing`);
});

test('where everything that is stated counts, nothing is said', async () => {
  expect(JSON.parse(await explained([review], '--json')).hints).toEqual([]);
  expect(await explained([review])).not.toContain('do nothing');
});

test('a separation of two who are one through a third says so; of two who were merged it does what it says', async () => {
  const at = '20260401090000';
  const chain = [
    { kept: OTHER, gone: THIRD },
    { kept: PERSON, gone: OTHER },
  ].map(({ kept, gone }, nth) =>
    adt({
      trigger: 'A40',
      sentAt: `${at.slice(0, -1)}${nth}`,
      nhsNumber: kept,
      mrn: kept,
      mergedAway: { nhsNumber: gone },
    }),
  );
  const file = join(folder, 'chain.hl7');
  await writeFile(file, chain.join('\r'));
  const { hints } = JSON.parse(
    await explained(
      [
        { kind: 'identity-separated', from: THIRD },
        { kind: 'identity-separated', from: OTHER },
      ],
      file,
      '--json',
    ),
  );
  expect(hints).toEqual([]);
  const through = await explained([{ kind: 'identity-separated', from: THIRD }], file, '--json');
  expect(JSON.parse(through).hints).toEqual([
    { nth: 1, fact: id(1), text: expect.stringMatching(/^it separates nothing yet: merges still make the two one/) },
  ]);
});
