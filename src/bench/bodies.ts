import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { planTransition } from '../flow/transition.js';
import { createLog } from '../log.js';
import type { Directory } from '../organisations/directory.js';
import { loadDirectory } from '../organisations/load.js';
import { londonDay } from '../register/day.js';
import { MAPPINGS } from '../tables.js';
import { type Measured, rate, row } from './figures.js';
import type { Keeper } from './keeper.js';
import type { Bench } from './measure.js';
import { unless } from './settled.js';
import { benchTables } from './tables.js';
import { fillTown } from './town.js';

const TODAY = '2026-11-21';
const RESOLVED = 500_000;
const RESOLVE = { least: 100_000 };

/** Every code of every commissioner and council, written on its first day, to who answers today. */
export async function measureResolve(say: (text: string) => void): Promise<Measured> {
  const { directory } = benchTables();
  const asked = askedOf(directory);
  const resolveAll = (count: number): number => {
    let found = 0;
    for (let nth = 0; nth < count; nth++) {
      const { code, on, isCouncil } = asked[nth % asked.length] ?? { code: '', on: TODAY, isCouncil: false };
      const { kind } = isCouncil ? directory.council(code, on, TODAY) : directory.commissioner(code, on, TODAY);
      if (kind !== 'unknown') found += 1;
    }
    return found;
  };
  resolveAll(RESOLVED / 10);
  const begun = performance.now();
  const found = resolveAll(RESOLVED);
  const perSecond = rate(RESOLVED, performance.now() - begun);
  say(`resolve: ${Math.round(perSecond)} a second`);
  return {
    rows: [row('resolve', `${asked.length} codes of councils and commissioners`, [perSecond, 'a second'], RESOLVE)],
    problems: unless('resolve: codes that somebody answers for', found, RESOLVED),
    details: { resolve: { perSecond: Math.round(perSecond) } },
  };
}

function askedOf(directory: Directory) {
  const days = ['2008-04-01', '2013-04-01', '2020-04-01', '2022-06-30', '2022-07-01', '2026-04-01'];
  const kinds = ['council', 'ccg', 'sub-icb', 'icb'] as const;
  return days.flatMap((on) =>
    kinds.flatMap((kind) =>
      directory.livingOn(kind, on).map(({ code }) => ({ code, on, isCouncil: kind === 'council' })),
    ),
  );
}

const PLANNED = { messages: 400_000, persons: 200_000 };
const LOG_LEVEL = 'error' as const;
/** Seconds for 200,000 people. */
const PLAN = { most: 60 };

/** Who gets another body on a day to come: the ICB of everybody becomes an invented one. */
export async function measurePlan(keeper: Keeper, bench: Bench): Promise<Measured> {
  const { house, pool, persons, problems } = await fillTown('plan', PLANNED, keeper, bench);
  const { site } = benchTables();
  const directory = await directoryWithChange(await keeper.folder());
  const beside = { databaseUrl: await house.databaseUrl(), logLevel: LOG_LEVEL };
  const today = londonDay(new Date().toISOString());
  const begun = performance.now();
  const plan = await planTransition(
    {
      on: CHANGE,
      everybody: true,
      stop: new AbortController().signal,
      moving: async () => undefined,
      progress: () => undefined,
    },
    { pool, site, directory, now: () => new Date(), today: () => today, log: createLog(LOG_LEVEL), beside },
  );
  const seconds = (performance.now() - begun) / 1_000;
  bench.say(`plan: ${seconds.toFixed(1)} s for ${plan.looked} people, ${plan.moving} of whom get another body`);
  const of200k = (seconds / Math.max(1, plan.looked)) * PLANNED.persons;
  return {
    rows: [
      row('plan', `a change of body, ${persons} people`, [seconds, 's']),
      row('plan', 'the same for 200,000 people', [of200k, 's'], PLAN),
    ],
    problems: [
      ...problems,
      ...unless('plan: people looked at', plan.looked, persons),
      ...unless('plan: people who could not be folded', plan.failed, 0),
      ...(plan.moving > 0 ? [] : ['plan: nobody gets another body']),
    ],
    details: { plan: { persons, moving: plan.moving, seconds } },
  };
}

const CHANGE = '2190-04-01';

/** The shipped tables, and an invented board that follows the one of the bench. */
async function directoryWithChange(folder: string): Promise<Directory> {
  for (const file of ['bodies.csv', 'successions.csv']) {
    const text = await readFile(join(MAPPINGS, 'organisations', file), 'utf8');
    await writeFile(join(folder, file), changed(file, text));
  }
  return loadDirectory(folder);
}

function changed(file: string, text: string): string {
  if (file === 'successions.csv') return `${text.trimEnd()}\n${CHANGE},QHL,X0X0X,rename,,ods-2026\n`;
  // With the board ends the place that answers to it, and both go on under the new one.
  const rows = text.trimEnd().split('\n');
  const ending = rows.filter((row) => /^QHL,icb,|^15E,sub-icb,/.test(row));
  const begun = ending.map((row) => row.replace(/,2022-07-01,,/, `,${CHANGE},,`).replaceAll('QHL', 'X0X0X'));
  const ended = ending.map((row) => row.replace(/,2022-07-01,,/, ',2022-07-01,2190-03-31,'));
  return `${[...rows.filter((row) => !ending.includes(row)), ...ended, ...begun].join('\n')}\n`;
}
