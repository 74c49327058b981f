import { hostname } from 'node:os';
import type { Pool } from 'pg';
import type { Config } from './config.js';
import { Fault } from './fault.js';
import { dueLetters } from './flow/due-letters.js';
import { repeat } from './flow/repeat.js';
import { watcher } from './flow/watch.js';
import type { Certificate } from './flow/watch-conditions.js';
import { diskOf } from './flow/watch-disk.js';
import { type Channel, channelsOf } from './flow/watch-tell.js';
import type { Log } from './log.js';
import type { Site } from './site.js';

type Options = {
  config: Config;
  site: Site;
  pool: Pool;
  /** Of this process, by the setting that names the file; none without TLS. */
  certificates: () => readonly { setting: string; notAfter: string }[];
  /** By what this process folds. */
  foldedWith: string;
  log: Log;
  everyMs: number;
};

/**
 * Watches for silence and trouble until closed. Every process watches, whatever its role, because each sees its own disk
 * and certificates; what all of them see is one alert. Throws `config-invalid` where an alert could never be told.
 */
export function startWatching(options: Options, onClose: OnClose): void {
  const { config, site, pool, certificates, foldedWith, log, everyMs } = options;
  const channels = alertChannels(config, site);
  const round = watcher({
    pool,
    site,
    channels,
    foldedWith,
    log,
    now: () => new Date(),
    disks: () => diskOf(config.dataDir),
    certificates: async () => soonest(certificates()),
  });
  onClose(repeat(everyMs, log, async () => void (await round())));
  if (config.smtpUrl !== undefined) startLetters({ pool, site, smtpUrl: config.smtpUrl, log, everyMs }, onClose);
  // First: the round that runs is waited for, and a receiver that does not answer would make that long.
  onClose(async () => {
    for (const { close } of channels) close();
  });
}

type Letters = Pick<Options, 'pool' | 'site' | 'log' | 'everyMs'> & { smtpUrl: string };

function startLetters({ everyMs, ...settings }: Letters, onClose: OnClose): void {
  const letters = dueLetters({ ...settings, now: () => new Date() });
  onClose(repeat(everyMs, settings.log, () => letters.round()));
  onClose(async () => letters.close());
}

/** A file may hold several; the first to expire is the one to act on. Each machine has files of its own. */
function soonest(certificates: readonly { setting: string; notAfter: string }[]): Certificate[] {
  const found = new Map<string, Date>();
  for (const { setting, notAfter } of certificates) {
    const name = `${hostname()}:${setting}`;
    const expiresAt = new Date(notAfter);
    if (expiresAt < (found.get(name) ?? new Date(8.64e15))) found.set(name, expiresAt);
  }
  return [...found].map(([name, expiresAt]) => ({ name, expiresAt }));
}

type OnClose = (end: () => Promise<void>) => void;

function alertChannels({ smtpUrl, alertWebhookSecret }: Config, { name, alerts }: Site): Channel[] {
  if (alerts.email.length > 0 && smtpUrl === undefined) {
    throw new Fault({
      code: 'config-invalid',
      where: 'SMTP_URL',
      text: 'is not set, and the site file names people to tell by e-mail',
      next: 'set SMTP_URL to the mail server, such as smtp://user@host:587, or take alerts.email out',
    });
  }
  return channelsOf({
    site: name,
    webhook: alerts.webhook === null ? null : { url: alerts.webhook, secret: alertWebhookSecret ?? null },
    mail: smtpUrl === undefined ? null : { smtpUrl, from: alerts.from, to: alerts.email },
    now: () => new Date(),
  });
}
