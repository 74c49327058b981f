import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { inventPeople } from '../service/people.js';
import { pause } from '../support/process.js';
import { untilSettled } from '../support/service.js';
import { counted, failedRow, note, seconds } from './chaos.js';
import { emptyTally, send } from './senders.js';
import { type Shaken, shake } from './shaken-doors.js';
import { COUNCIL, openTown, type Town } from './town.js';

const COUNT = counted(100_000);
const SEED = Number(process.env.CHAOS_SEED ?? 117);
const LIMIT_MS = 3_600_000;

/** A service that keeps what it has finished with does not live through this with so small a heap. */
const HEAP = '--max-old-space-size=384';

test(
  `mutations: ${COUNT} messages that went wrong on the way, through every door, seed ${SEED}`,
  async () => {
    const town = await openTown({ environment: { NODE_OPTIONS: HEAP } });
    const watch = watching(town);
    const facts: string[] = [];
    try {
      await town.start();
      watch.start();
      const begun = Date.now();
      const shaken = await shake(town, { seed: SEED, count: COUNT });
      facts.push(`sent in ${seconds(Date.now() - begun)}`);
      const isDrained = await town
        .look((pool) => untilSettled(pool, LIMIT_MS / 2))
        .then(
          () => true,
          () => false,
        );
      facts.push(`nothing left to do ${seconds(Date.now() - begun)} after the first`, ...factsOf(shaken));
      const served = await goodOneServed(town);
      const { peakMiB, longestMs, silent } = watch.stop();
      facts.push(`peak of memory ${peakMiB} MiB`, `health answered in at most ${longestMs} ms`);

      const outcome = {
        hung: shaken.hung,
        failed: shaken.failed,
        errors: errorsIn(town.log()),
        ended: town.hasEnded(),
        isDrained,
        served,
        silent,
      };
      const right = { hung: [], failed: [], errors: [], ended: false, isDrained: true, served: true, silent: 0 };
      const verdict = JSON.stringify(outcome) === JSON.stringify(right) ? 'held' : 'broken';
      note({
        name: 'mutations',
        acknowledged: positive(shaken),
        delivered: served ? 1 : 0,
        lost: 0,
        doubled: 0,
        socketsLeft: shaken.hung.length,
        verdict,
        facts,
      });
      expect(outcome).toEqual(right);
    } catch (error) {
      note(failedRow('mutations', emptyTally(), facts, error));
      throw error;
    } finally {
      watch.stop();
      await town.close();
    }
  },
  LIMIT_MS,
);

function factsOf({ sent, answers, closed }: Shaken): string[] {
  const each = Object.entries(answers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([answer, times]) => `${answer}: ${times}`);
  return [`${sent} sent, ${closed} silent or closed`, ...each];
}

const positive = ({ answers }: Shaken): number =>
  Object.entries(answers).reduce((sum, [answer, times]) => (/ (?:AA|CA|20\d)$/.test(answer) ? sum + times : sum), 0);

async function goodOneServed(town: Town): Promise<boolean> {
  const people = inventPeople(900_000, 1, [COUNCIL]);
  await send(town, people, emptyTally(), { mllp: 1, http: 0, withinMs: 60_000 });
  await town.look((pool) => untilSettled(pool));
  return town.council
    .flags()
    .some(({ nhsNumber, status }) => nhsNumber === people[0]?.nhsNumber && status === 'active');
}

const errorsIn = (log: string): string[] => log.split('\n').filter((line) => /"level":[56]0/.test(line));

/** How much memory the process takes, and whether its event loop answers, twice a second. */
function watching(town: Town) {
  let on = false;
  let peak = 0;
  let longest = 0;
  let silent = 0;
  const look = async () => {
    const asked = Date.now();
    await fetch(`http://127.0.0.1:${town.httpPort}/health/live`, { signal: AbortSignal.timeout(30_000) })
      .then((response) => response.arrayBuffer())
      .catch(() => {
        silent += 1;
      });
    longest = Math.max(longest, Date.now() - asked);
    peak = Math.max(peak, memoryOf(town.pid()));
  };
  const run = async () => {
    while (on) {
      await look();
      await pause(500);
    }
  };
  return {
    start() {
      on = true;
      void run();
    },
    stop() {
      on = false;
      return { peakMiB: peak, longestMs: longest, silent };
    },
  };
}

/** In MiB; 0 where the system does not tell. */
function memoryOf(pid: number): number {
  try {
    return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
  } catch {
    return 0;
  }
}
