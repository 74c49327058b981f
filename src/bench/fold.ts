import { interpretationOf } from '../flow/interpret.js';
import { turn } from '../flow/pace.js';
import type { Fact } from '../register/fact.js';
import { fold } from '../register/fold.js';
import { personsOf } from '../register/identity.js';
import { type Measured, median, row } from './figures.js';
import { messageOf, TRUSTS } from './messages.js';
import { newRun } from './run.js';
import { benchTables } from './tables.js';

const FACTS = 200;
const TIMES = 2_000;
const WARM_TIMES = 500;
/** Milliseconds. */
const TARGET = { most: 2 };

/** From the facts of one person with many stays in hospital to the entry: who it is, and everything that follows. */
export async function measureFold(say: (text: string) => void): Promise<Measured> {
  const tables = benchTables();
  const facts = factsOf(tables);
  const times: number[] = [];
  let folded = 0;
  for (let nth = 0; nth < WARM_TIMES + TIMES; nth++) {
    const begun = performance.now();
    const entries = personsOf(facts).map((person) => fold(person, tables.directory, tables.site, TODAY));
    if (nth >= WARM_TIMES) times.push(performance.now() - begun);
    folded = entries.length;
    await turn();
  }
  const sorted = times.sort((a, b) => a - b);
  const slow = sorted[Math.floor(0.99 * sorted.length)] ?? 0;
  say(`fold: ${median(times).toFixed(2)} ms for ${facts.length} facts`);
  return {
    rows: [
      row('fold', `a person with ${facts.length} facts`, [median(times), 'ms'], TARGET),
      row('fold', 'the same, 99 of 100 within', [slow, 'ms']),
    ],
    problems: folded === 1 ? [] : [`fold: ${folded} persons, and not 1`],
    details: { fold: { facts: facts.length, medianMs: median(times), slowMs: slow } },
  };
}

const TODAY = '2060-01-01';

function factsOf(tables: ReturnType<typeof benchTables>): Fact[] {
  const people = { kind: 'course', run: newRun(), first: 0, persons: 1 } as const;
  const facts: Fact[] = [];
  for (let nth = 0; facts.length < FACTS; nth++) {
    const message = { id: String(nth), receivedAt: new Date(), sender: TRUSTS[0], application: 'EPR' };
    facts.push(...interpretationOf({ ...message, content: messageOf(nth, people) }, tables).facts);
  }
  return facts.slice(0, FACTS);
}
