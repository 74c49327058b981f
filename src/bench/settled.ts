import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { House } from './house.js';

/** What waits at each step of the way. */
export type Open = { uninterpreted: number; unfolded: number; undelivered: number };

const GIVES_UP_AFTER_MS = 60_000;

/** Each look takes a little from what is measured. */
const LOOKS_EVERY_MS = 100;

/** Until nothing waits any more, or nothing has moved for a minute; what then still waits. */
export async function settled(pool: Pool, looksEveryMs = LOOKS_EVERY_MS): Promise<Open> {
  let last = await openNow(pool);
  let movedAt = performance.now();
  while (isOpen(last) && performance.now() - movedAt < GIVES_UP_AFTER_MS) {
    await sleep(looksEveryMs);
    const now = await openNow(pool);
    if (JSON.stringify(now) !== JSON.stringify(last)) movedAt = performance.now();
    last = now;
  }
  return last;
}

export const isOpen = (open: Open): boolean => Object.values(open).some((count) => count > 0);

/** Until the council holds so many Flags, or no more come. It costs the service nothing to be watched so. */
export async function untilHeld(house: Pick<House, 'held'>, flags: number): Promise<void> {
  let last = 0;
  let movedAt = performance.now();
  while (last < flags && performance.now() - movedAt < GIVES_UP_AFTER_MS) {
    await sleep(LOOKS_EVERY_MS);
    const { Flag: now = 0 } = await house.held();
    if (now > last) movedAt = performance.now();
    last = now;
  }
}

/** One line for what should not be; none when all is done. */
export const stillOpen = (where: string, open: Open): string[] =>
  isOpen(open)
    ? [
        `${where}: nothing moved for a minute, and there wait ${open.uninterpreted} messages, ${open.unfolded} persons, ${open.undelivered} deliveries`,
      ]
    : [];

/** What waits at this moment. */
export async function openNow(pool: Pool): Promise<Open> {
  const { rows } = await pool.query<Open>(
    `select (select count(*)::int from messages   where state = 'received')        as uninterpreted,
            (select count(*)::int from nodes      where due_since is not null)     as unfolded,
            (select count(*)::int from deliveries where state in ('due', 'sending')) as undelivered`,
  );
  return rows[0] ?? { uninterpreted: 0, unfolded: 0, undelivered: 0 };
}

export async function countsOf(pool: Pool): Promise<{ messages: number; parked: number; confirmed: number }> {
  const { rows } = await pool.query<{ messages: number; parked: number; confirmed: number }>(
    `select (select count(*)::int from messages)                              as messages,
            (select count(*)::int from messages   where state = 'parked')     as parked,
            (select count(*)::int from deliveries where state = 'confirmed')  as confirmed`,
  );
  return rows[0] ?? { messages: 0, parked: 0, confirmed: 0 };
}

/** How long ago the last confirmation was stored, in milliseconds: what was looked for, and not when it was found. */
export async function sinceConfirmed(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ ms: number | null }>(
    `select extract(epoch from clock_timestamp() - max(settled_at))::float8 * 1000 as ms
       from deliveries
      where state = 'confirmed'`,
  );
  return rows[0]?.ms ?? 0;
}

/** A line when two numbers that must be the same are not. */
export const unless = (what: string, found: number, expected: number): string[] =>
  found === expected ? [] : [`${what}: ${found}, and not ${expected}`];

const COUNTS_WITHIN_MS = 120_000;

/** Until the counts that pages read instead of the inbox have caught up with it, or it takes too long. */
export async function untilCounted(pool: Pool): Promise<void> {
  const deadline = performance.now() + COUNTS_WITHIN_MS;
  while ((await uncounted(pool)) > 0 && performance.now() < deadline) await sleep(500);
}

async function uncounted(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count
       from messages
      where id > (select counted_to from feed_counting)`,
  );
  return rows[0]?.count ?? 0;
}
