import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReconcileCounts } from '../flow/reconcile.js';
import { type Measured, row } from './figures.js';
import type { House } from './house.js';
import type { Keeper } from './keeper.js';
import type { Bench } from './measure.js';
import { COUNCILS } from './messages.js';
import { sampling } from './resident.js';
import { unless } from './settled.js';
import { fillTown } from './town.js';

const USUAL = { messages: 200_000, persons: 100_000 };
/** Seconds for 100,000 people. */
const TARGET = { most: 60 };
const HIGHEST_MB = { most: 500 };
/** One in so many is not in the register of its council. */
const LOST = 100;

/** Every council's own register, as a spreadsheet that lacks some people, held against the register. */
export async function measureReconcile(keeper: Keeper, bench: Bench): Promise<Measured> {
  const { house, persons, problems } = await fillTown('reconcile', USUAL, keeper, bench);
  const folder = await keeper.folder();
  const sums = { ms: 0, highest: 0, people: 0, same: 0, missing: 0, lost: 0 };
  for (const council of COUNCILS) {
    const file = join(folder, `${council}.csv`);
    const first = await answered(house, keeper, ['--first-register', file], council);
    const lost = await lose(file);
    const found = await answered<{ counts: ReconcileCounts }>(house, keeper, ['--from', file], council);
    const { same, kinds } = found.answer.counts;
    sums.ms += found.ms;
    sums.highest = Math.max(sums.highest, found.highest, first.highest);
    sums.people += same + kinds['missing-there'];
    sums.same += same;
    sums.missing += kinds['missing-there'];
    sums.lost += lost;
  }
  const seconds = sums.ms / 1_000;
  bench.say(`reconcile: ${seconds.toFixed(1)} s for ${sums.people} people of ${persons}`);
  return {
    rows: [
      row('reconcile', `${sums.people} people, ${COUNCILS.length} registers as CSV`, [seconds, 's']),
      row('reconcile', 'the same for 100,000 people', [(seconds / Math.max(1, sums.people)) * 100_000, 's'], TARGET),
      row('reconcile', 'highest memory', [sums.highest, 'MB'], HIGHEST_MB),
    ],
    problems: [
      ...problems,
      ...unless('reconcile: people whom a register lacks', sums.missing, sums.lost),
      ...(sums.same > 0 ? [] : ['reconcile: nobody is the same']),
    ],
    details: { reconcile: { persons, ...sums } },
  };
}

/** Takes people out of a spreadsheet, and says how many. */
async function lose(file: string): Promise<number> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\r\n');
  const kept = lines.filter((line, at) => at === 0 || at % LOST !== 0 || !/,(?:active|prospective),/.test(line));
  await writeFile(file, kept.join('\r\n'));
  return lines.length - kept.length;
}

type Answered<Answer> = { answer: Answer; ms: number; highest: number };

async function answered<Answer>(
  house: House,
  keeper: Keeper,
  args: readonly string[],
  council: string,
): Promise<Answered<Answer>> {
  const to = join(await keeper.folder(), 'answer.json');
  const begun = performance.now();
  const child = house.command(['reconcile', '--council', council, ...args, '--json'], to);
  const samples = sampling(child.pid);
  keeper.undo(async () => void samples.stop());
  const code = await child.ended;
  const ms = performance.now() - begun;
  const highest = Math.max(...samples.stop(), 0);
  if (code !== 0 && code !== 1) throw new Error(`reconcile ended with exit code ${code}`);
  return { answer: JSON.parse(await readFile(to, 'utf8')) as Answer, ms, highest };
}
