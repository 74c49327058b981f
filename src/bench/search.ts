import type { Pool } from 'pg';
import { nhsNumber } from '../invented.js';
import { ask, type Request } from './ask.js';
import { type Measured, median, row } from './figures.js';
import { TRUSTS } from './messages.js';
import type { Town } from './town.js';

/** Of each kind, each for something else. */
const TIMES = 20;
const TARGET = { most: 100 };
const HOUR_MS = 3_600_000;

type Found = { messages: { controlId: string; sender: string; receivedAt: string }[] };
/** `isRight`: whether the first page of what was found is what was asked for. */
type Search = Request & { isRight(found: Found): boolean };
type Kind = { name: string; searches: readonly Search[] };

/** What an engineer looks for in the inbox, asked as the console asks. */
export async function measureSearch(town: Town, say: (text: string) => void): Promise<Measured> {
  const taken: { name: string; medianMs: number; worstMs: number }[] = [];
  const problems: string[] = [];
  for (const { name, searches } of await kindsOf(town)) {
    const times: number[] = [];
    for (const { isRight, ...request } of searches) {
      const { status, text, ms } = await ask(town.service.url, request);
      if (status !== 200 || !isRight(JSON.parse(text) as Found)) problems.push(`search by ${name}: a wrong answer`);
      times.push(ms);
    }
    taken.push({ name, medianMs: median(times), worstMs: Math.max(...times) });
  }
  const slowest = taken.toSorted((a, b) => b.medianMs - a.medianMs)[0];
  say(`search: the slowest is by ${slowest?.name}, ${Math.round(slowest?.medianMs ?? 0)} ms`);
  return {
    rows: taken.map(({ name, medianMs }) => row('search', `by ${name}, median of ${TIMES}`, [medianMs, 'ms'], TARGET)),
    problems: [...new Set(problems)],
    details: {
      search: taken.map(({ name, medianMs, worstMs }) => ({
        name,
        medianMs: Math.round(medianMs),
        worstMs: Math.round(worstMs),
      })),
    },
  };
}

async function kindsOf({ pool, persons, from, until }: Town): Promise<Kind[]> {
  const places = Array.from({ length: TIMES }, (_, nth) => (nth + 0.5) / TIMES);
  const at = (share: number, shiftMs = 0) =>
    new Date(from.getTime() + (until.getTime() - from.getTime()) * share + shiftMs);
  const query = (given: Record<string, string>) => `/api/messages?${new URLSearchParams(given)}`;
  const hour = (share: number) => ({ from: at(share).toISOString(), to: at(share, HOUR_MS).toISOString() });
  const within = (share: number) => (found: Found) =>
    found.messages.every(
      ({ receivedAt }) => new Date(receivedAt) >= at(share) && new Date(receivedAt) < at(share, HOUR_MS),
    );
  const ofSender = (sender: string) => (found: Found) =>
    found.messages.length > 0 && found.messages.every((message) => message.sender === sender);
  const senderAt = (nth: number) => TRUSTS[nth % TRUSTS.length] ?? TRUSTS[0];
  const ids = await controlIds(pool, places);
  return [
    {
      name: 'control id',
      searches: ids.map((controlId) => ({
        path: query({ controlId }),
        isRight: ({ messages }) => messages.length === 1 && messages[0]?.controlId === controlId,
      })),
    },
    {
      name: 'NHS number',
      searches: places.map((share) => ({
        path: '/api/messages/search',
        json: { nhsNumber: nhsNumber(Math.floor(persons * share)) },
        isRight: ({ messages }) => messages.length > 0,
      })),
    },
    {
      name: 'sender',
      searches: places.map((_, nth) => ({ path: query({ sender: senderAt(nth) }), isRight: ofSender(senderAt(nth)) })),
    },
    {
      name: 'time',
      searches: places.map((share) => ({ path: query(hour(share)), isRight: within(share) })),
    },
    {
      name: 'sender and time',
      searches: places.map((share, nth) => ({
        path: query({ sender: senderAt(nth), ...hour(share) }),
        isRight: (found) => within(share)(found) && (found.messages.length === 0 || ofSender(senderAt(nth))(found)),
      })),
    },
  ];
}

/** One from each place of the inbox. */
async function controlIds(pool: Pool, places: readonly number[]): Promise<string[]> {
  const { rows } = await pool.query<{ controlId: string }>(
    `select m.control_id as "controlId"
       from unnest($1::float8[]) as place (share)
      cross join lateral (select control_id
                            from messages
                           where id >= share * (select max(id) from messages)
                           order by id
                           limit 1) m`,
    [places],
  );
  return rows.map(({ controlId }) => controlId);
}
