import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OverviewView } from '../../src/console/schemas.js';
import { watcher } from '../../src/flow/watch.js';
import { createLog } from '../../src/log.js';
import { siteFromObject } from '../../src/site.js';
import { watchStore } from '../../src/store/watch.js';
import { BIRMINGHAM, entry, episode, SOLIHULL } from '../publish/entries.js';
import { bearer, type House, NHS_NUMBER, openHouse, page, refused, registered } from './house.js';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const MINUTE_MS = 60_000;

/** One round of the watch, as every process of the service makes it. */
async function watch(minutesFromNow = 0): Promise<void> {
  const read = siteFromObject({
    name: 'Birmingham and Solihull',
    senders: [{ ods: 'RXT', name: 'Birmingham and Solihull Mental Health NHS Foundation Trust', feed: 'zmh' }],
    councils: [BIRMINGHAM, SOLIHULL].map((gss) => ({
      gss,
      destination: { kind: 'fhir', url: 'http://127.0.0.1:9/fhir' },
    })),
  });
  if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
  const round = watcher({
    pool: house.database.pool,
    site: read.site,
    channels: [],
    log: createLog('silent', { write: () => undefined }),
    now: () => new Date(Date.now() + minutesFromNow * MINUTE_MS),
    disks: async () => [],
  });
  await round();
}

const alerts = async () => {
  const answer = await fetch(`${house.url}/api/overview`, { headers: bearer() });
  return OverviewView.parse(await answer.json()).alerts;
};

describe('the overview tells what the service itself has noticed', () => {
  test('before anybody has looked it promises nothing', async () => {
    expect(await alerts()).toEqual({ on: [], lookedAt: null, late: true });
    const html = await page(house, '/console');
    expect(html).toContain('Alerts may be missing: the service has not looked for trouble yet');
    expect(html).not.toContain('No alert is on');
  });

  test('where all is well, in one line', async () => {
    await watch();
    expect(await alerts()).toMatchObject({ on: [], late: false });
    expect(await page(house, '/console')).toContain('No alert is on.');
  });

  test('a council that refuses: which, since when, what to do, and where', async () => {
    const person = await registered(house, entry([episode()]), [`nhs:${NHS_NUMBER}`]);
    await refused(house, person);
    await watch();
    const { on } = await alerts();
    expect(on).toMatchObject([
      {
        kind: 'delivery-parked',
        subject: BIRMINGHAM,
        text: `1 version for Birmingham City Council (${BIRMINGHAM}) is parked (council-refused): it is told nothing of these until a person looks.`,
        page: `/console/deliveries?body=${BIRMINGHAM}&state=parked`,
      },
    ]);
    const html = await page(house, '/console');
    expect(html).toContain('One alert is on');
    expect(html).toContain(`href="/console/deliveries?body=${BIRMINGHAM}&amp;state=parked"`);
    expect(html).toContain(`datetime="${on[0]?.beganAt}"`);
    expect(html).toContain('mend the cause, then aftercare deliver --council CODE');
    expect(html).not.toContain('No alert is on');
    expect(html).not.toContain(NHS_NUMBER);
  });

  test('the figures of an alert are those of now, and it is still the same alert', async () => {
    const [before] = (await alerts()).on;
    const person = await registered(house, entry([episode({ anchors: ['X'] })]), ['nhs:9990000026']);
    await refused(house, person);
    await watch();
    const [now] = (await alerts()).on;
    expect(now?.text).toContain('2 versions for Birmingham');
    expect([now?.id, now?.beganAt]).toEqual([before?.id, before?.beganAt]);
  });

  test('when nobody looks any more, the alerts of then are shown, and that they are of then', async () => {
    await house.database.pool.query(`update feed_counting set seen_at = now() - interval '3 hours'`);
    const html = await page(house, '/console');
    expect(html).toContain('One alert is on');
    expect(html).toMatch(/the service last looked for trouble <time [^>]*>3 hours ago/);
    await watch();
  });
});

describe('every kind of alert leads to the page where one begins to look', () => {
  test.each([
    { kind: 'feed-silent', subject: 'RXT EPR & LAB', to: '/console/messages?sender=RXT&application=EPR+%26+LAB' },
    { kind: 'undelivered', subject: SOLIHULL, to: `/console/bodies/${SOLIHULL}` },
    { kind: 'uninterpreted', subject: 'inbox', to: '/console/messages?state=received' },
    { kind: 'unfolded', subject: 'register', to: '/console/queues' },
    { kind: 'parked-rate', subject: 'RXT', to: '/console/messages?state=parked&sender=RXT' },
    { kind: 'sender-refused', subject: 'unknown', to: '/console/messages?state=rejected' },
    { kind: 'charge-new', subject: BIRMINGHAM, to: `/console/charges?body=${BIRMINGHAM}` },
    { kind: 'charge-new', subject: 'unknown', to: '/console/charges' },
    { kind: 'disk-low', subject: 'aftercare-1:/data', to: null },
    { kind: 'certificate-expiring', subject: 'aftercare-1:HTTPS_CERT', to: null },
    { kind: 'of-a-later-version', subject: 'something', to: null },
  ])('$kind', async ({ kind, subject, to }) => {
    const now = new Date();
    await watchStore(house.database.pool).settle([{ kind, subject, is: 'bad', details: {} }], {
      channels: [],
      now,
      forgottenBefore: new Date(now.getTime() - MINUTE_MS),
    });
    const found = (await alerts()).on.find((alert) => alert.kind === kind && alert.subject === subject);
    expect(found).toMatchObject({ page: to, next: expect.any(String) });
    const status = to === null ? 200 : (await fetch(`${house.url}${to}`, { headers: bearer() })).status;
    // This house has no queues to show.
    expect(status).toBe(kind === 'unfolded' ? 404 : 200);
  });
});
