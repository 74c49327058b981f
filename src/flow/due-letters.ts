import type { Pool } from 'pg';
import type { Log } from '../log.js';
import { type Day, londonDay } from '../register/day.js';
import type { Policy } from '../register/policy.js';
import type { Site } from '../site.js';
import { type ClockCount, dueStore, type Letter } from '../store/due.js';
import { mailer } from '../wire/mail.js';
import { backoffMs } from './backoff.js';

type Settings = { pool: Pool; site: Site; smtpUrl: string; now: () => Date; log: Log };

const TIMEOUT_MS = 15_000;
/** Longer than any attempt: a process that dies while it writes is followed by another. */
const LEASE_MS = 60_000;
/** In London: what the night made overdue is counted by then, and somebody is there to read it. */
const FROM_HOUR = 8;

/**
 * Writes to the contacts of each partnership, once a day, how much that its two bodies owe is chased or escalated: figures,
 * and nobody's name. `round` may be called by any number of processes; `close` ends what is under way.
 */
export function dueLetters({ pool, site, smtpUrl, now, log }: Settings): { round(): Promise<void>; close(): void } {
  const closing = new AbortController();
  const { send } = mailer({ smtpUrl, from: site.alerts.from, timeoutMs: TIMEOUT_MS, closing: closing.signal });
  const due = dueStore(pool);
  let counted: { day: Day; counts: readonly ClockCount[] } | null = null;

  /** Counted once a day, as soon as the night's changes are folded: counting looks at everybody. */
  async function countsOn(day: Day): Promise<readonly ClockCount[]> {
    if (counted?.day === day) return counted.counts;
    const isFolded = await due.isFoldedFor(day);
    const counts = await due.clockCounts();
    if (isFolded) counted = { day, counts };
    return counts;
  }

  async function write(letter: Letter, text: string, subject: string): Promise<void> {
    const attempt = await due.claimLetter(letter, { now: now(), leaseUntil: new Date(now().getTime() + LEASE_MS) });
    if (attempt === null) return;
    const { council, icb, recipient: to, day } = letter;
    const host = site.alerts.from.split('@')[1] ?? 'aftercare-bridge.example';
    const result = await send({ to, subject, text, messageId: `<due.${council}.${icb}.${day}@${host}>` });
    if (result.kind === 'told') return due.letterTaken(letter, now());
    const retryAfterMs = backoffMs(attempt, null, Math.random);
    log.warn('a letter about what is overdue was not taken and is sent again', { council, attempt, retryAfterMs });
    await due.letterNotTaken(letter, result.reason, new Date(now().getTime() + retryAfterMs));
  }

  return {
    close: () => closing.abort(),
    async round() {
      if (hourInLondon(now()) < FROM_HOUR) return;
      const day = londonDay(now().toISOString());
      const recipients = recipientsIn(site);
      if (recipients.length === 0) return;
      const counts = await countsOn(day);
      for (const { council, icb, recipient } of recipients) {
        const owed = owedBy(council, icb, counts);
        if (owed.chased + owed.escalated === 0) continue;
        const subject = `[${site.name}] Overdue for ${council} and ${icb}: ${owed.chased} chased, ${owed.escalated} escalated`;
        await write({ council, icb, recipient, day }, letterOf(owed, { council, icb, day }, site), subject);
      }
    },
  };
}

const HOUR = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', hourCycle: 'h23' });
const hourInLondon = (at: Date): number => Number(HOUR.format(at));

const recipientsIn = ({ contacts }: Site): Omit<Letter, 'day'>[] =>
  contacts.flatMap(({ of, council, icb }) =>
    [...new Set([council?.email, icb?.email])].flatMap((recipient) => (recipient ? [{ ...of, recipient }] : [])),
  );

type Owed = { chased: number; escalated: number };

function owedBy(council: string, icb: string, counts: readonly ClockCount[]): Owed {
  const of = counts.filter((row) => row.council === council && row.icb === icb);
  const inState = (state: ClockCount['state']) => of.find((row) => row.state === state)?.count ?? 0;
  return { chased: inState('chased'), escalated: inState('escalated') };
}

function letterOf({ chased, escalated }: Owed, { council, icb, day }: Omit<Letter, 'recipient'>, site: Site): string {
  const { chaseAfterDays, escalateAfterDays }: Policy = site.policies(council, icb);
  return [
    `On ${day}, of what ${council} and ${icb} owe together under section 117:`,
    '',
    `  ${chased} overdue for more than ${chaseAfterDays} days (chased)`,
    `  ${escalated} overdue for more than ${escalateAfterDays} days (escalated)`,
    '',
    `Who it is about is not written in a letter: see the console under Due, or "aftercare clocks --council ${council}".`,
    'This letter comes once a day until nothing is chased.',
  ].join('\n');
}
