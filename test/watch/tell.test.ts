import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { watchedSite, watchingProcess } from './house.js';
import { type MailServer, startMailServer, startWebhookReceiver, type WebhookReceiver } from './receivers.js';

const SECRET = 'an invented secret of the test';
const DUTY = 'duty@aftercare.example';
const SECOND = 'second@aftercare.example';

let database: TestDatabase;
let receiver: WebhookReceiver;
let mail: MailServer;

beforeEach(async () => {
  [database, receiver, mail] = await Promise.all([testDatabase(), startWebhookReceiver(), startMailServer()]);
});
afterEach(async () => {
  await Promise.all([receiver.close(), mail.close()]);
  await database.drop();
});

const byWebhook = () => watchingProcess(database.pool, { webhook: receiver.url, secret: SECRET });
const byMail = (...email: string[]) => watchingProcess(database.pool, { smtpUrl: mail.url, email });

describe('an alert is told once when it begins and once when it ends', () => {
  test('a disk fills, stays full, hovers about the limit, and has room again', async () => {
    const { disk, round } = byWebhook();
    disk.free = 9;
    expect(await round('2026-03-02T10:00:00Z')).toEqual(['disk-low here:/data began']);
    await round('2026-03-02T10:00:15Z');
    disk.free = 11;
    await round('2026-03-02T10:00:30Z');
    disk.free = 9;
    await round('2026-03-02T10:00:45Z');
    disk.free = 40;
    expect(await round('2026-03-02T10:01:00Z')).toEqual(['disk-low here:/data ended']);
    await round('2026-03-02T10:01:15Z');
    expect(receiver.taken()).toEqual(['disk-low here:/data began', 'disk-low here:/data ended']);
  });

  test('what is posted says what, since when and what to do first, and is signed', async () => {
    const { disk, round } = byWebhook();
    disk.free = 9;
    await round('2026-03-02T10:00:00Z');
    const [posted] = receiver.posted;
    if (!posted) throw new Error('nothing was posted');
    const { headers, text, body } = posted;
    expect(body).toEqual({
      site: 'Test partnership',
      text: 'Began: Disk here:/data has 9% left (0 MB).',
      alerts: [
        {
          id: expect.stringMatching(/^\d+$/),
          event: 'began',
          kind: 'disk-low',
          subject: 'here:/data',
          beganAt: '2026-03-02T10:00:00.000Z',
          endedAt: null,
          text: 'Disk here:/data has 9% left (0 MB).',
          next: expect.stringMatching(/make room/),
          details: { freePercent: 9, freeMegabytes: 0 },
        },
      ],
    });
    const signed = createHmac('sha256', SECRET).update(`${headers['aftercare-timestamp']}.${text}`).digest('hex');
    expect(headers['aftercare-signature']).toBe(`sha256=${signed}`);
  });

  test('a receiver that is down, then fails, then is back hears of each once, in order', async () => {
    const { disk, round, log } = byWebhook();
    await receiver.down();
    disk.free = 9;
    await round('2026-03-02T10:00:00Z');
    await receiver.up();
    receiver.answerWith(500);
    await round('2026-03-02T10:10:00Z');
    disk.free = 40;
    await round('2026-03-02T10:20:00Z');
    receiver.answerWith(200);
    await round('2026-03-02T10:30:00Z');
    await round('2026-03-02T10:40:00Z');
    expect(receiver.taken()).toEqual(['disk-low here:/data began', 'disk-low here:/data ended']);
    expect(log.join('')).not.toContain('invented');
  });

  test('a receiver that fails is not asked again at once', async () => {
    const { disk, round } = byWebhook();
    receiver.answerWith(503);
    disk.free = 9;
    await round('2026-03-02T10:00:00.000Z');
    await round('2026-03-02T10:00:00.100Z');
    await round('2026-03-02T10:00:00.200Z');
    expect(receiver.posted).toHaveLength(1);
  });

  test('a redirect is no taking, and is not followed', async () => {
    const { disk, round } = byWebhook();
    receiver.answerWith(302);
    disk.free = 9;
    await round('2026-03-02T10:00:00Z');
    receiver.answerWith(200);
    await round('2026-03-02T10:10:00Z');
    expect(receiver.taken()).toEqual(['disk-low here:/data began']);
  });

  test('twenty alerts that begin together are one message', async () => {
    const { certificates, round } = byWebhook();
    for (let i = 1; i <= 20; i += 1) certificates.push({ name: `c${i}`, expiresAt: new Date('2026-03-03T00:00:00Z') });
    expect(await round('2026-03-02T10:00:00Z')).toHaveLength(20);
    expect(receiver.posted).toHaveLength(1);
    expect(receiver.taken()).toHaveLength(20);
  });

  test('somebody who is named only later hears of what is still open', async () => {
    const before = watchingProcess(database.pool);
    before.disk.free = 9;
    await before.round('2026-03-02T10:00:00Z');
    const after = byWebhook();
    after.disk.free = 9;
    expect(await after.round('2026-03-02T10:01:00Z')).toEqual([]);
    expect(receiver.taken()).toEqual(['disk-low here:/data began']);
  });
});

describe('several processes, and a restart', () => {
  test('ten processes that notice at once are one alert, told once', async () => {
    const processes = Array.from({ length: 10 }, byWebhook);
    for (const { disk } of processes) disk.free = 9;
    await Promise.all(processes.map(({ round }) => round('2026-03-02T10:00:00Z')));
    await Promise.all(processes.map(({ round }) => round('2026-03-02T10:00:15Z')));
    for (const { disk } of processes) disk.free = 40;
    await Promise.all(processes.map(({ round }) => round('2026-03-02T10:00:30Z')));
    expect(receiver.taken()).toEqual(['disk-low here:/data began', 'disk-low here:/data ended']);
  });

  test('begun before a restart and ended after it, with the channel down in between', async () => {
    const before = byWebhook();
    before.disk.free = 9;
    await receiver.down();
    await before.round('2026-03-02T10:00:00Z');
    await receiver.up();
    const after = byWebhook();
    after.disk.free = 9;
    expect(await after.round('2026-03-02T10:20:00Z')).toEqual([]);
    after.disk.free = 40;
    await after.round('2026-03-02T10:21:00Z');
    expect(receiver.taken()).toEqual(['disk-low here:/data began', 'disk-low here:/data ended']);
  });

  test('a machine that is gone leaves no alert open for ever', async () => {
    const gone = byWebhook();
    gone.disk.free = 9;
    await gone.round('2026-03-02T10:00:00Z');
    const stays = byWebhook();
    stays.disk.subject = 'there:/data';
    expect(await stays.round('2026-03-02T10:30:00Z')).toEqual([]);
    expect(await stays.round('2026-03-02T11:30:00Z')).toEqual(['disk-low here:/data ended']);
    expect(receiver.posted.at(-1)?.body.text).toMatch(/nobody can see it any more/);
  });
});

describe('by e-mail', () => {
  test('each person gets a letter when it begins and one when it ends', async () => {
    const { disk, round } = byMail(DUTY, SECOND);
    disk.free = 9;
    await round('2026-03-02T10:00:00Z');
    disk.free = 40;
    await round('2026-03-02T10:01:00Z');
    await round('2026-03-02T10:02:00Z');
    expect(mail.letters.map(({ to }) => to[0]).sort()).toEqual([DUTY, DUTY, SECOND, SECOND]);
    const [began = ''] = mail.letters.filter(({ to }) => to[0] === DUTY).map(({ text }) => text);
    expect(began).toMatch(/^Subject: \[Test partnership\] Began: Disk here:\/data has 9% left/m);
    expect(began).toMatch(/^First: make room/m);
  });

  test('a recipient who is refused was not told, is told once admitted, and costs the others no second letter', async () => {
    const { disk, round } = byMail(DUTY, SECOND);
    mail.refuse(SECOND);
    disk.free = 9;
    await round('2026-03-02T10:00:00Z');
    await round('2026-03-02T10:10:00Z');
    expect(mail.letters.map(({ to }) => to)).toEqual([[DUTY]]);
    mail.admit(SECOND);
    await round('2026-03-02T10:20:00Z');
    expect(mail.letters.map(({ to }) => to)).toEqual([[DUTY], [SECOND]]);
  });

  test('the log says that a channel fails, and neither who nor where', async () => {
    const { disk, round, log } = byMail(SECOND);
    mail.refuse(SECOND);
    disk.free = 9;
    await round('2026-03-02T10:00:00Z');
    expect(log.join('')).toMatch(/"channel":"email".*could not be told/);
    expect(log.join('')).not.toMatch(/second@|127\.0\.0\.1/);
  });
});

test('limits are those of the site file', async () => {
  const site = watchedSite({ diskFreePercent: 60, certificateDays: 5 });
  const { round, certificates } = watchingProcess(database.pool, {}, site);
  certificates.push({ name: 'listener', expiresAt: new Date('2026-03-12T00:00:00Z') });
  expect(await round('2026-03-02T10:00:00Z')).toEqual(['disk-low here:/data began']);
  expect(await round('2026-03-07T10:00:00Z')).toEqual(['certificate-expiring listener began']);
});
