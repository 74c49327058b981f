import { appendFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type Line, startLine } from '../../src/simulate/line.js';
import { type Invented, inventPeople } from '../service/people.js';
import { until } from '../support/process.js';
import { type Reckoning, reckon } from './reckoning.js';
import { emptyTally, type Play, send, type Tally } from './senders.js';
import { COUNCIL, type Needs, openTown, type Town } from './town.js';

/** One line of the table. `facts` are figures worth telling: how long it took to listen again, and the like. */
export type Row = {
  name: string;
  acknowledged: number;
  delivered: number;
  lost: number;
  doubled: number;
  socketsLeft: number;
  verdict: 'held' | 'broken' | 'left out';
  facts: string[];
};

type Lines = { mllp: Line; http: Line };

export type Story = {
  town: Town;
  tally: Tally;
  people: readonly Invented[];
  /** The networks to the two doors, where the case asked for them. */
  lines: Lines | null;
  /** For the table. */
  tell(fact: string): void;
  /** Until this share of all messages has been acknowledged. */
  acknowledgedPart(share: number): Promise<void>;
};

export type Case = {
  needs?: Needs;
  people: number;
  play?: Partial<Play>;
  /** Senders reach the service over networks that the case may cut. */
  throughLines?: boolean;
  /** What goes wrong while the senders send. */
  trouble: (story: Story) => Promise<void>;
  /** Looks of its own, once all has settled. */
  afterwards?: (story: Story) => Promise<void>;
};

const PLAY: Play = { mllp: 8, http: 2, withinMs: 300_000 };
const LIMIT_MS = 900_000;

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** How much more or less than usual, by `--count`. */
export const counted = (usual: number): number => Number(process.env.CHAOS_COUNT ?? usual);

/**
 * Plays people through the doors while there is trouble, waits until all has settled, and fails unless everything
 * acknowledged has arrived, once. The row is written down also when it fails.
 */
export function chaos(
  name: string,
  what: string,
  { needs, people: count, play, throughLines, trouble, afterwards }: Case,
): void {
  test(
    `${name}: ${what}`,
    async () => {
      const town = await openTown(needs);
      const facts: string[] = [];
      const tally = emptyTally();
      const people = inventPeople(1_000, count, [COUNCIL]);
      const tell = (fact: string) => void facts.push(fact);
      const acknowledgedPart = (share: number) => part(tally, people, share);
      const lines = throughLines ? await linesTo(town) : null;
      const story: Story = { town, tally, people, tell, acknowledgedPart, lines };
      try {
        const reckoning = await played(story, { ...PLAY, ...play }, trouble);
        await afterwards?.(story);
        note(rowOf(name, reckoning, tally, facts));
        const { delivered, lost, doubled, socketsLeft } = reckoning;
        expect({ delivered, lost, doubled, socketsLeft, refused: tally.refused }).toEqual({
          delivered: count,
          lost: [],
          doubled: [],
          socketsLeft: 0,
          refused: [],
        });
      } catch (error) {
        tally.isOver = true;
        note(failedRow(name, tally, facts, error));
        throw error;
      } finally {
        await lines?.mllp.close();
        await lines?.http.close();
        await town.close();
      }
    },
    LIMIT_MS,
  );
}

/** A case that cannot be played here is said by name, and why. */
export function leaveOut(name: string, what: string, why: string): void {
  const figures = { acknowledged: 0, delivered: 0, lost: 0, doubled: 0, socketsLeft: 0 };
  test.skip(`${name}: ${what}`, () => undefined);
  note({ name, ...figures, verdict: 'left out', facts: [why] });
}

const linesTo = async ({ mllpPort, httpPort }: Town): Promise<Lines> => ({
  mllp: await startLine(mllpPort),
  http: await startLine(httpPort),
});

async function played(story: Story, play: Play, trouble: Case['trouble']): Promise<Reckoning> {
  const { town, tally, people, lines } = story;
  await town.start();
  const sending = send(lines ? { mllpPort: lines.mllp.port, httpPort: lines.http.port } : town, people, tally, play);
  sending.catch(() => undefined); // said below
  await trouble(story);
  await sending;
  return reckon(town, tally);
}

/** Nearly two messages a person: one where it is told as FHIR. */
async function part(tally: Tally, people: readonly Invented[], share: number): Promise<void> {
  const enough = Math.floor(people.length * 1.8 * share);
  await until(() => tally.acknowledged.size >= enough, `${enough} messages acknowledged`, 240_000);
}

function rowOf(name: string, { lost, doubled, socketsLeft, ...rest }: Reckoning, tally: Tally, facts: string[]): Row {
  const isHeld = lost.length + doubled.length + socketsLeft + tally.refused.length === 0;
  return {
    name,
    ...rest,
    lost: lost.length,
    doubled: doubled.length,
    socketsLeft,
    verdict: isHeld ? 'held' : 'broken',
    facts: [...facts, `${tally.putOff} asked to send again, ${tally.closed} closed`],
  };
}

/** Of a case that broke off. */
export function failedRow(name: string, { acknowledged, leftWaiting }: Tally, facts: string[], error: unknown): Row {
  const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'failed';
  const figures = { acknowledged: acknowledged.size, delivered: 0, lost: 0, doubled: 0, socketsLeft: leftWaiting };
  return { name, ...figures, verdict: 'broken', facts: [...facts, why] };
}

const noted = new Set<string>();

/** For the table of `npm run chaos`; the first row of a case counts. */
export function note(row: Row): void {
  if (noted.has(row.name)) return;
  noted.add(row.name);
  const file = process.env.CHAOS_RESULTS;
  if (file) appendFileSync(file, `${JSON.stringify(row)}\n`);
}
