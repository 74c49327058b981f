import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Role } from '../../src/console/deps.js';
import { SESSION_COOKIE, sessionsOf } from '../../src/console/session.js';
import { DIFFERENCE_KINDS } from '../../src/register/register-comparison.js';
import { deliveryStore } from '../../src/store/deliveries.js';
import { reconciliationStore } from '../../src/store/reconciliations.js';
import { agreed, BIRMINGHAM, entry, episode } from '../publish/entries.js';
import { audit, form, type House, NHS_NUMBER, openHouse, page, refused, registered, TOKEN } from './house.js';

let house: House;
let delivery: string;

beforeAll(async () => {
  house = await openHouse();
  const person = await registered(house, entry([episode({ council: agreed(BIRMINGHAM) })]), [`nhs:${NHS_NUMBER}`]);
  delivery = await refused(house, person);
});
afterAll(() => house.close());

const post = (path: string, fields: Record<string, string> = {}) => fetch(`${house.url}${path}`, form(house, fields));
const dueNow = () => deliveryStore(house.database.pool).claim(BIRMINGHAM, 10);

/** As somebody who chose a role when signing in. */
const as = (role: Role, path: string, fields: Record<string, string> = {}) => {
  const cookie = `${SESSION_COOKIE}=${sessionsOf(TOKEN).issue({ name: 'Alex Auditor', role }, new Date())}`;
  const headers = { cookie, origin: house.url };
  return fetch(`${house.url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams(fields),
  });
};

describe('pausing a council', () => {
  test('needs a reason', async () => {
    const res = await post(`/console/bodies/${BIRMINGHAM}/pause`, { reason: 'because' });
    expect(res.status).toBe(400);
    expect(await res.text()).toContain('Give a reason of at least ten characters');
    expect(await page(house, '/console/bodies')).not.toContain('Paused');
  });

  test('is seen by everybody, with who and why, and holds what becomes due', async () => {
    await post(`/console/bodies/${BIRMINGHAM}/pause`, { reason: 'the council moves its server' });
    await post('/console/deliveries/hand-over', { delivery });
    const html = await page(house, `/console/bodies/${BIRMINGHAM}`);
    for (const part of ['Paused by operator', 'the council moves its server', 'Resume']) expect(html).toContain(part);
    expect(await dueNow()).toEqual([]);
    expect(await audit(house)).toContainEqual({
      who: 'operator',
      action: 'body-paused',
      subject: `body:${BIRMINGHAM}`,
      reason: 'the council moves its server',
    });
  });

  test('twice keeps the first reason', async () => {
    await post(`/console/bodies/${BIRMINGHAM}/pause`, { reason: 'somebody else pauses it too' });
    expect(await page(house, `/console/bodies/${BIRMINGHAM}`)).toContain('the council moves its server');
  });

  test('ends when it is resumed: whoever delivers is woken, and what waited may go', async () => {
    const before = house.handedOver.length;
    const res = await post(`/console/bodies/${BIRMINGHAM}/resume`);
    expect(res.headers.get('location')).toBe(`/console/bodies/${BIRMINGHAM}?said=resumed`);
    expect(house.handedOver.slice(before).map(({ body }) => body)).toEqual([BIRMINGHAM]);
    expect(await dueNow()).toHaveLength(1);
    expect((await audit(house)).at(-1)).toMatchObject({ action: 'body-resumed', subject: `body:${BIRMINGHAM}` });
  });

  test('of a body that nobody knows is not possible', async () => {
    expect((await post('/console/bodies/E09999999/pause', { reason: 'there is no such council' })).status).toBe(404);
    expect(await page(house, '/console/bodies')).not.toContain('E09999999');
  });
});

describe('its own register beside this one', () => {
  test('never compared: it is said how', async () => {
    expect(await page(house, `/console/bodies/${BIRMINGHAM}`)).toContain(`aftercare reconcile --council ${BIRMINGHAM}`);
  });

  test('each comparison is listed, the newest first, and drawn when there are several', async () => {
    const store = reconciliationStore<object>(house.database.pool);
    const kinds = Object.fromEntries(DIFFERENCE_KINDS.map((kind) => [kind, kind === 'missing-there' ? 4 : 0]));
    for (const differing of [9, 4]) {
      const id = await store.begin({ body: BIRMINGHAM, source: 'sheet', asOf: '2026-11-20', startedBy: 'an.engineer' });
      const counts = { rows: 20, refused: 1, same: 11, differing, oldCodes: 0, kinds, sendAgain: 4, asked: 0 };
      await store.end(id, { counts, applied: true });
    }
    const html = await page(house, `/console/bodies/${BIRMINGHAM}`);
    expect(html).toContain('4 here, and not in that register');
    expect(html.match(/differ of/g)).toHaveLength(2);
    const told = await fetch(`${house.url}/api/bodies/${BIRMINGHAM}/registers`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(await told.json()).toMatchObject({ checks: [{ differing: 4, startedBy: 'an.engineer' }, { differing: 9 }] });
  });
});

describe('an auditor', () => {
  test('reads, and changes nothing', async () => {
    for (const path of [
      `/console/bodies/${BIRMINGHAM}/pause`,
      `/console/bodies/${BIRMINGHAM}/resume`,
      '/console/deliveries/hand-over',
      `/api/bodies/${BIRMINGHAM}/pause`,
      '/api/deliveries/hand-over',
    ]) {
      const res = await as('auditor', path, { reason: 'the auditor tries it all', delivery });
      expect({ path, status: res.status }).toEqual({ path, status: 403 });
    }
    const looked = await as('auditor', '/console/register/search', { nhsNumber: NHS_NUMBER });
    expect(looked.status).toBe(200);
    expect((await audit(house)).at(-1)).toMatchObject({ who: 'Alex Auditor', action: 'person-listed' });
  });

  test('finds who has looked at a person by the number, which no address holds', async () => {
    const found = await as('auditor', '/console/audit/search', { nhsNumber: '999 000 0018' });
    expect(found.headers.get('location')).toMatch(/^\/console\/audit\?person=[0-9a-f-]{36}$/);
    expect(await page(house, found.headers.get('location') ?? '')).toContain('Alex Auditor');
    const nobody = await as('auditor', '/console/audit/search', { nhsNumber: '9990000050' });
    expect(await nobody.text()).toContain('Nobody in the register answers to that number');
  });
});
