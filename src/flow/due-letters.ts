import type { Pool } from 'pg';
import type { Log } from '../log.js';
import { type Day, londonDay } from '../register/day.js';
import type { Policy } from '../register/policy.js';
import type { Site } from '../site.js';
import { type ClockCount, dueStore, type Letter, type UnconfirmedCount } from '../store/due.js';
import { mailer } from '../wire/mail.js';
import { backoffMs } from './backoff.js';
import { contactsFor, type Owing } from './contacts.js';

type Settings = { pool: Pool; site: Site; smtpUrl: string; now: () => Date; log: Log };

const TIMEOUT_MS = 15_000;
/** Longer than any attempt: a process that dies while it writes is followed by another. */
const LEASE_MS = 60_000;
/** In London: what the night made overdue is counted by then, and somebody is there to read it. */
const FROM_HOUR = 8;

/**
 * Writes to the contacts of each two bodies, once a day, how much that they owe together is chased or escalated: figures,
 * and nobody's name. `round` may be called by any number of processes; `close` ends what is under way.
 */
export function dueLetters({ pool, site, smtpUrl, now, log }: Settings): { round(): Promise<void>; close(): void } {
  const closing = new AbortController();
  const { send } = mailer({ smtpUrl, from: site.alerts.from, timeoutMs: TIMEOUT_MS, closing: closing.signal });
  const due = dueStore(pool);
  let counted: { day: Day; owed: readonly Owed[] } | null = null;

  /** Counted once a day, as soon as the night's changes are folded: counting looks at everybody. */
  async function owedOn(day: Day): Promise<readonly Owed[]> {
    if (counted?.day === day) return counted.owed;
    const isFolded = await due.isFoldedFor(day);
    const owed = owedTogether(await due.clockCounts(), await due.unconfirmed(now()), site);
    if (isFolded) counted = { day, owed };
    return owed;
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
      if (site.contacts.length === 0) return;
      const day = londonDay(now().toISOString());
      for (const owed of await owedOn(day)) {
        const { council, icb, chased, escalated, unconfirmed } = owed;
        const lacking = unconfirmed === 0 ? '' : `, ${unconfirmed} not confirmed`;
        const subject = `[${site.name}] Overdue for ${bodiesOf(owed)}: ${chased} chased, ${escalated} escalated${lacking}`;
        for (const recipient of recipientsOf(owed, site)) {
          const letter = { council: council ?? UNKNOWN, icb: icb ?? UNKNOWN, recipient, day };
          await write(letter, letterOf(owed, day, site), subject);
        }
      }
    },
  };
}

const HOUR = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', hourCycle: 'h23' });
const hourInLondon = (at: Date): number => Number(HOUR.format(at));

/** Stands in the table of letters for a body that is not known. */
const UNKNOWN = 'unknown';

function recipientsOf(owing: Owing, site: Site): string[] {
  const { council, icb } = contactsFor(owing, site);
  return [...new Set([council?.email, icb?.email])].flatMap((email) => email ?? []);
}

/** `unconfirmed`: versions that a system has not confirmed for as long as what is chased; `longer`: of them, what is escalated. */
type Owed = Owing & { chased: number; escalated: number; unconfirmed: number; longer: number };

/** One for each two bodies of which something is chased or escalated, or of whose people a system has not confirmed something. */
function owedTogether(counts: readonly ClockCount[], waiting: readonly UnconfirmedCount[], site: Site): Owed[] {
  const pairs = new Map<string, Owed>();
  const owedBy = ({ council, icb }: Owing): Owed => {
    const key = `${council ?? ''} ${icb ?? ''}`;
    const owed = pairs.get(key) ?? { council, icb, chased: 0, escalated: 0, unconfirmed: 0, longer: 0 };
    pairs.set(key, owed);
    return owed;
  };
  for (const { state, count, ...owing } of counts)
    if (state === 'chased' || state === 'escalated') owedBy(owing)[state] = count;
  for (const { days, count, ...owing } of waiting) {
    const { chaseAfterDays, escalateAfterDays } = site.policies(owing.council, owing.icb);
    if (days >= chaseAfterDays) owedBy(owing).unconfirmed += count;
    if (days >= escalateAfterDays) owedBy(owing).longer += count;
  }
  return [...pairs.values()];
}

function bodiesOf({ council, icb }: Owing): string {
  if (council === null) return `${icb ?? UNKNOWN}, with a council that is not known`;
  return icb === null ? `${council}, with an ICB that is not known` : `${council} and ${icb}`;
}

function letterOf({ chased, escalated, unconfirmed, longer, ...owing }: Owed, day: string, site: Site): string {
  const { chaseAfterDays, escalateAfterDays }: Policy = site.policies(owing.council, owing.icb);
  const together =
    owing.council !== null && owing.icb !== null ? `${bodiesOf(owing)} owe together` : `is owed by ${bodiesOf(owing)},`;
  return [
    `On ${day}, of what ${together} under section 117:`,
    '',
    `  ${chased} overdue for more than ${chaseAfterDays} days (chased)`,
    `  ${escalated} overdue for more than ${escalateAfterDays} days (escalated)`,
    ...(unconfirmed === 0
      ? []
      : [
          `  ${unconfirmed} versions that a system has not confirmed for more than ${chaseAfterDays} days, ${longer} of them for more than ${escalateAfterDays}`,
        ]),
    '',
    `Who it is about is not written in a letter: see the console under Due, or "aftercare clocks --council ${owing.council ?? owing.icb}".`,
    'This letter comes once a day until nothing is chased, and everything is confirmed.',
  ].join('\n');
}
