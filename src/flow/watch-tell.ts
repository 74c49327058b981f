import type { Log } from '../log.js';
import type { Telling, WatchStore } from '../store/watch.js';
import { mailer } from '../wire/mail.js';
import { type Told, webhook } from '../wire/webhook.js';
import { backoffMs } from './backoff.js';
import { nextOf, sentenceOf } from './watch-text.js';

/** Who is told, and how: `name` is kept with what was told, so that it is told once also after a restart. */
export type Channel = {
  name: string;
  kind: 'webhook' | 'email';
  tell(tellings: readonly Telling[]): Promise<Told>;
  /** Ends what is under way; it is then told by the next process. */
  close(): void;
};

type Settings = {
  site: string;
  /** Where to post, and what signs it; null: nowhere. */
  webhook: { url: string; secret: string | null } | null;
  mail: { smtpUrl: string; from: string; to: readonly string[] } | null;
  now: () => Date;
};

const TIMEOUT_MS = 15_000;
/** Longer than any attempt: a process that dies while it tells is followed by another. */
const LEASE_MS = 60_000;
/** What ended so long ago is history: a channel that comes back after weeks is not told of it. */
const TELL_FOR_MS = 7 * 24 * 60 * 60_000;

export const notEndedBefore = (now: Date): Date => new Date(now.getTime() - TELL_FOR_MS);

/** The webhook, and each person by e-mail: a recipient who is refused must not make the others be told again. */
export function channelsOf({ site, webhook: hook, mail, now }: Settings): Channel[] {
  const closing = new AbortController();
  const options = { timeoutMs: TIMEOUT_MS, closing: closing.signal, now };
  const close = () => closing.abort();
  const byWebhook = [hook].flatMap((to): Channel[] => {
    if (to === null) return [];
    const post = webhook({ ...to, ...options });
    return [{ name: 'webhook', kind: 'webhook', tell: (tellings) => post(bodyOf(site, tellings)), close }];
  });
  const { to: people = [], smtpUrl = '', from = '' } = mail ?? {};
  const byMail = people.map((to): Channel => {
    const { send } = mailer({ smtpUrl, from, ...options });
    return { name: to, kind: 'email', tell: (tellings) => send({ to, ...letterOf(site, tellings, from) }), close };
  });
  return [...byWebhook, ...byMail];
}

/**
 * Tells each channel everything that it has not taken yet, in one message. What is not taken is told again later, and
 * what was being told when a process died may be told twice.
 */
export async function tellAll(
  channels: readonly Channel[],
  watch: WatchStore,
  now: () => Date,
  log: Log,
): Promise<void> {
  await Promise.all(channels.map((channel) => tell(channel, watch, now, log)));
}

async function tell(
  { name, kind, tell: toldBy }: Channel,
  watch: WatchStore,
  now: () => Date,
  log: Log,
): Promise<void> {
  const at = now();
  const leaseUntil = new Date(at.getTime() + LEASE_MS);
  const tellings = await watch.claim(name, { now: at, leaseUntil, notEndedBefore: notEndedBefore(at) });
  if (tellings.length === 0) return;
  const result = await toldBy(tellings);
  if (result.kind === 'told') return watch.told(name, tellings, now());
  const attempt = Math.max(...tellings.map((telling) => telling.attempt));
  const retryAfterMs = backoffMs(attempt, null, Math.random);
  log.warn('an alert could not be told and is told again', { channel: kind, attempt, retryAfterMs });
  await watch.notTold(name, tellings, result.reason, new Date(now().getTime() + retryAfterMs));
}

/** What is posted; `docs/monitoring.md` describes it. */
const bodyOf = (site: string, tellings: readonly Telling[]) => ({
  site,
  text: tellings.map((telling) => `${headOf(telling)} ${sentenceOf(telling)}`).join('\n'),
  alerts: tellings.map((telling) => ({
    id: telling.id,
    event: telling.moment,
    kind: telling.kind,
    subject: telling.subject,
    beganAt: telling.beganAt.toISOString(),
    endedAt: telling.moment === 'ended' ? (telling.endedAt?.toISOString() ?? null) : null,
    text: sentenceOf(telling),
    next: telling.moment === 'began' ? nextOf(telling.kind) : null,
    details: telling.details,
  })),
});

function letterOf(site: string, tellings: readonly Telling[], from: string) {
  const [first] = tellings;
  const rest = tellings.length > 1 ? ` (and ${tellings.length - 1} more)` : '';
  const subject = first ? `[${site}] ${headOf(first)} ${sentenceOf(first)}${rest}` : site;
  return { subject, text: tellings.map(paragraphOf).join('\n\n'), messageId: messageIdOf(tellings, from) };
}

const headOf = ({ moment }: Telling): string => (moment === 'began' ? 'Began:' : 'Ended:');

function paragraphOf(telling: Telling): string {
  const { id, kind, subject, beganAt, endedAt, moment } = telling;
  const lines = [`${headOf(telling)} ${sentenceOf(telling)}`, `Since ${beganAt.toISOString()}`];
  if (moment === 'ended') lines.push(`Until ${endedAt?.toISOString() ?? 'now'}`);
  else lines.push(`First: ${nextOf(kind)}.`);
  return [...lines, `Alert ${id}, ${kind}, ${subject}`].join('\n');
}

/** The same for the same tellings, so that a mailbox knows a repeat. */
const messageIdOf = (tellings: readonly Telling[], from: string): string => {
  const named = tellings.map(({ id, moment, beganAt }) => `${id}-${moment}-${beganAt.getTime()}`);
  return `<alerts.${named.slice(0, 5).join('.')}.${named.length}@${from.split('@')[1] ?? 'aftercare-bridge.example'}>`;
};
