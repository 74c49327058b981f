import { setTimeout as sleep } from 'node:timers/promises';
import type { Backup, Council } from './council.js';
import { loadPapers } from './papers.js';
import { untilQuiet } from './quiet.js';
import type { Round, Trouble } from './timeline.js';
import { sendAll, type Tally } from './trust.js';
import type { Watch } from './watch.js';
import type { World } from './world.js';

export type Playing = {
  world: World;
  tally: Tally;
  watch: Watch;
  /** The oldest of each council. */
  backups: Map<string, Backup>;
  stop: AbortSignal;
};

const LOOKS_EVERY_MS = 20;

/** A quarter: trusts send, people record, a list is loaded, and meanwhile things break. */
export async function playRound(round: Round, playing: Playing): Promise<void> {
  const { world, tally, watch, stop } = playing;
  const { posts } = round;
  const ofAll = share(playing, posts.length);
  const sending = sendAll(posts, { port: world.mllpPort, stop, tally });
  await Promise.all([
    sending,
    recorded(round, world),
    loadPapers(round.rows, `papers-${round.until}`, world),
    ...round.troubles.map((trouble) => happen(trouble, { ...playing, ofAll, sent: sending })),
  ]);
  for (const { line } of world.councils) Object.assign(line, { isDown: false, loseEvery: 0 });
  if (round.settles) await untilQuiet(world, stop);
  await backedUp(round, playing);
  await restored(round, playing);
  await Promise.all(world.councils.map(watch.look));
}

/** Resolves when this share of the round's messages has been acknowledged. */
const share = ({ tally: { acknowledged }, stop }: Playing, count: number) => {
  const before = acknowledged.size;
  return async (part: number, end: Promise<void>) => {
    let isOver = false;
    end
      .finally(() => {
        isOver = true;
      })
      .catch(() => undefined);
    while (!isOver && !stop.aborted && acknowledged.size - before < count * part) await sleep(LOOKS_EVERY_MS);
  };
};

type Happening = Playing & { ofAll: ReturnType<typeof share>; sent: Promise<void> };

async function happen(trouble: Trouble, { world, ofAll, sent }: Happening): Promise<void> {
  switch (trouble.kind) {
    case 'killed':
      await ofAll(trouble.at, sent);
      await world.kill();
      await world.start();
      return;
    case 'council-down': {
      await ofAll(trouble.from, sent);
      lineOf(trouble.council, world).isDown = true;
      await ofAll(trouble.to, sent);
      lineOf(trouble.council, world).isDown = false;
      return;
    }
    case 'council-loses-answers':
      lineOf(trouble.council, world).loseEvery = trouble.every;
      return;
    default:
  }
}

const lineOf = (code: string, world: World): Council['line'] => councilOf(code, world).line;

function councilOf(code: string, { councils }: World): Council {
  const council = councils.find((each) => each.code === code);
  if (!council) throw new Error(`there is no council ${code}`);
  return council;
}

async function backedUp({ troubles }: Round, { world, backups }: Playing): Promise<void> {
  for (const trouble of troubles) {
    if (trouble.kind !== 'backup' || backups.has(trouble.council)) continue;
    backups.set(trouble.council, await councilOf(trouble.council, world).backup());
  }
}

/** Nothing reaches it meanwhile. What it has afterwards is what it had then. */
async function restored({ troubles }: Round, { world, backups, watch }: Playing): Promise<void> {
  for (const trouble of troubles) {
    if (trouble.kind !== 'restored') continue;
    const council = councilOf(trouble.council, world);
    council.line.isDown = true;
    await council.restore(backups.get(trouble.council) ?? []);
    backups.delete(trouble.council);
    watch.forget(council);
    council.line.isDown = false;
  }
}

const OFFICER = { organisation: 'E08000025', name: 'An Officer', role: 'keeps the register' };

async function recorded({ facts, until }: Round, { command, file }: World): Promise<void> {
  if (facts.length === 0) return;
  const lines = facts.map(({ fact }) => JSON.stringify({ statedBy: OFFICER, ...fact }));
  const { code, answer } = await command(['record', '--facts', await file(`facts-${until}.ndjson`, lines.join('\n'))]);
  if (code !== 0) throw new Error(`facts were not recorded: ${answer.slice(0, 300)}`);
}
