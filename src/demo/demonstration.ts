import type { Pool } from 'pg';
import { londonDay } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import { entryStore } from '../store/entries.js';
import { inboxStore } from '../store/inbox.js';
import type { Council } from './councils.js';
import { type CouncilHolds, differences } from './differences.js';
import { holdingsOf } from './holding.js';
import type { Installation } from './installation.js';
import { playStory } from './play.js';
import { type BodyNames, councilLines, entryLines, wrapped } from './report.js';
import { type Deliveries, settled } from './settled.js';
import { ICB, type Story, stageFor } from './stage.js';
import { afterwards, discharges } from './stories.js';

/** `title` may be set apart from the rest. */
export type Say = { line(text: string): void; title(text: string): void };

export type Outcome = {
  /** Why the councils do not hold what they should; empty: every delivery is confirmed. */
  differences: string[];
  register: Entry[];
  councils: CouncilHolds[];
};

const GIVE_UP_MS = 30_000;

/** Plays every story, waits for the councils, and says what the register says and what each council now holds. */
export async function demonstrate(installation: Installation, say: Say, signal: AbortSignal): Promise<Outcome> {
  const { own, northmoor, eastmere } = installation;
  const watching = { councils: [northmoor, eastmere], say, signal };
  const { pool } = await own.database();
  const stage = stageFor(londonDay(new Date().toISOString()));
  const play = async (stories: readonly Story[]) => {
    for (const story of stories) {
      signal.throwIfAborted();
      for (const line of await playStory(story, installation)) say.line(line);
    }
  };

  say.title('The trust sends HL7 v2 and FHIR (AA, 200: we have it, and it is on disk)');
  await play(discharges(stage));
  await councilsAnswer(pool, { ...watching, down: eastmere });
  say.title(`${eastmere.name} comes back, and catches up`);
  await eastmere.start();
  await councilsAnswer(pool, watching);
  say.title('Days later');
  await play(afterwards(stage));
  const deliveries = await councilsAnswer(pool, watching);

  const register = await registerOf(pool);
  const councils = await Promise.all(watching.councils.map(holder));
  report({ register, councils, parked: await parkedIn(pool) }, say);
  return { register, councils, differences: differences(register, councils, deliveries) };
}

const holder = async ({ gss, name, url }: Council): Promise<CouncilHolds> => ({
  gss,
  name,
  holds: await holdingsOf(url),
});

type Watching = { councils: readonly Council[]; down?: Council; say: Say; signal: AbortSignal };

async function councilsAnswer(pool: Pool, { councils, down, say, signal }: Watching): Promise<Deliveries> {
  let last = '  ... confirmed by the councils: 0';
  const told = (deliveries: Deliveries) => {
    const line = progress(deliveries, councils);
    if (line !== last) say.line(line);
    last = line;
  };
  const deliveries = await settled(pool, { down: down ? [down.gss] : [], told, signal, withinMs: GIVE_UP_MS });
  told(deliveries);
  return deliveries;
}

function progress({ confirmed, open }: Deliveries, councils: readonly Council[]): string {
  const waiting = councils.flatMap(({ gss, name }) => {
    const count = open.filter(({ body }) => body === gss).length;
    return count === 0 ? [] : [`${count} for ${name}`];
  });
  return `  ... confirmed by the councils: ${confirmed}${waiting.length > 0 ? `, waiting: ${waiting.join(', ')}` : ''}`;
}

async function registerOf(pool: Pool): Promise<Entry[]> {
  const rows = await entryStore(pool).list({ limit: 1_000 });
  const last = ({ nhsNumber }: Entry) => nhsNumber ?? '~';
  return rows.map(({ entry }) => entry).sort((a, b) => (last(a) < last(b) ? -1 : 1));
}

const parkedIn = async (pool: Pool) =>
  (await inboxStore(pool).search({ states: ['parked'], limit: 100 })).flatMap(({ fault }) => fault ?? []);

type Found = Pick<Outcome, 'register' | 'councils'> & { parked: { where: string; text: string; next: string }[] };

function report({ register, councils, parked }: Found, say: Say): void {
  const names: BodyNames = new Map([
    ...councils.map(({ gss, name }): [string, string] => [gss, name]),
    [ICB, `Meresby NHS board (${ICB})`],
  ]);
  say.title('What the register now says, and why');
  for (const entry of register) for (const line of entryLines(entry, names)) say.line(line);
  say.title('Set aside for a person: nothing is guessed, nothing is lost');
  for (const { where, text, next } of parked) for (const line of wrapped(`${where}: ${text}; ${next}`)) say.line(line);
  say.title('What each council now holds, read back from its own FHIR server');
  for (const council of councils) for (const line of councilLines(council)) say.line(line);
}
