import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { addDays, londonDay } from '../../src/register/day.js';
import { type Adt, HOME, SECTION_3 } from '../scenarios/adt.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { until } from '../support/process.js';
import { acknowledgementsFor } from '../support/service.js';
import { type MailServer, startMailServer, startWebhookReceiver, type WebhookReceiver } from './receivers.js';
import { startWatchedService, type WatchedService } from './service.js';

const BIRMINGHAM = 'E08000025';
const DUTY = 'duty@aftercare.example';

let database: TestDatabase;
let council: FaultyCouncil;
let receiver: WebhookReceiver;
let mail: MailServer;
let services: WatchedService[] = [];

beforeEach(async () => {
  [database, council, receiver, mail] = await Promise.all([
    testDatabase(),
    startFaultyCouncil('Birmingham'),
    startWebhookReceiver(),
    startMailServer(),
  ]);
});
afterEach(async () => {
  for (const service of services) await service.close();
  services = [];
  await Promise.all([council.stop(), receiver.close(), mail.close()]);
  await database.drop();
});

/** So lately that nothing is chased yet. */
function homeYesterday(): Adt {
  const day = (before: number) => addDays(londonDay(new Date().toISOString()), -before).replaceAll('-', '');
  const stay = { sentAt: `${day(1)}100500`, admitted: `${day(40)}080000`, left: `${day(1)}100000` };
  return { ...HOME, ...stay, periods: [{ ...SECTION_3, from: day(40), to: day(5), council: `${BIRMINGHAM}^^^GSS` }] };
}

async function start(): Promise<WatchedService> {
  const service = await startWatchedService({
    databaseUrl: database.url,
    councils: { [BIRMINGHAM]: council.url },
    alerts: { webhook: receiver.url, email: [DUTY], diskFreePercent: 1 },
    config: { smtpUrl: mail.url },
  });
  services.push(service);
  return service;
}

test('a council that is down for hours is told of once, by two processes and a restart, and again when it has caught up', async () => {
  await council.refuseConnections();
  const [first, second] = await Promise.all([start(), start()]);
  expect(await acknowledgementsFor(first.mllpPort, [homeYesterday()])).toEqual(['AA']);
  await until(async () => (await published()) === 1, 'the version published');
  expect(receiver.taken()).toEqual([]);

  await database.pool.query(`update publications set published_at = now() - interval '2 hours'`);
  await until(() => receiver.taken().length > 0 && mail.letters.length > 0, 'the alert');
  await Promise.all([first, second].map((service) => service.close()));
  services = [];
  await start();
  await council.acceptConnections();
  await until(() => receiver.taken().length > 1 && mail.letters.length > 1, 'its end');
  expect(receiver.taken()).toEqual([`undelivered ${BIRMINGHAM} began`, `undelivered ${BIRMINGHAM} ended`]);
  expect(mail.letters).toHaveLength(2);
  const said = JSON.stringify([receiver.posted.map(({ text }) => text), mail.letters]);
  expect(said).not.toMatch(/9990000018|Example,|EXAMPLE/);
});

test('a receiver that never answers does not hold up the end of the service', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', () => resolve()));
  const { port } = silent.address() as AddressInfo;
  const asked = new Promise((resolve) => silent.once('request', resolve));
  const service = await startWatchedService({
    databaseUrl: database.url,
    councils: { [BIRMINGHAM]: council.url },
    alerts: { webhook: `http://127.0.0.1:${port}/`, diskFreePercent: 99 },
  });
  await asked;
  await service.close();
  silent.closeAllConnections();
  await new Promise<void>((resolve) => silent.close(() => resolve()));
  const { rows } = await database.pool.query('select told_at, problem from alert_tellings');
  expect(rows).toEqual([{ told_at: null, problem: expect.any(String) }]);
});

test('people who could never be told stop the start', async () => {
  const starting = startWatchedService({
    databaseUrl: database.url,
    councils: { [BIRMINGHAM]: council.url },
    alerts: { email: [DUTY] },
  });
  await expect(starting).rejects.toThrow(/SMTP_URL: is not set, and the site file names people/);
});

async function published(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>('select count(*)::int as count from publications');
  return rows[0]?.count ?? 0;
}
