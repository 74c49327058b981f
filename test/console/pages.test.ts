import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { entryStore } from '../../src/store/entries.js';
import { agreed, BIRMINGHAM, disputed, entry, episode, PLAN, SOLIHULL } from '../publish/entries.js';
import {
  audit,
  bearer,
  confirmed,
  form,
  type House,
  leftHospital,
  NHS_NUMBER,
  openHouse,
  page,
  received,
  refused,
  registered,
} from './house.js';

const SPACED = '999 000 0018';
const HOSTILE = '<script>alert(1)</script>';

let house: House;
let message: string;
let parked: string;
let person: string;
let delivery: string;

beforeAll(async () => {
  house = await openHouse();
  message = await received(house, { controlId: 'M1', text: `PID|||9990000018^^^NHS^NH||${HOSTILE}^Alex` }, [
    leftHospital(),
  ]);
  parked = await received(house, {
    controlId: 'M2',
    trigger: 'A08',
    state: 'parked',
    fault: { code: 'code-unmapped', where: 'ZMH-3', text: '99 is in no table', next: 'add 99 to legal-status.csv' },
  });
  person = await registered(
    house,
    entry([episode({ council: agreed(BIRMINGHAM) })], {
      nhsNumber: NHS_NUMBER,
      name: { family: HOSTILE, given: ['Alex'] },
      because: [{ rule: 'qualifying', cites: 'MHA 1983 s117(1)', text: 'Detained under section 3.', facts: [] }],
      questions: [{ id: 'which-icb-0011', kind: 'which-icb', text: 'Which ICB?', options: ['QHL', 'QUA'], facts: [] }],
    }),
    [`nhs:${NHS_NUMBER}`],
  );
  delivery = await refused(house, person);
  await registered(
    house,
    entry([episode({ anchors: ['X'], council: disputed([BIRMINGHAM, SOLIHULL]) })], {
      nhsNumber: '9990000026',
      council: disputed([BIRMINGHAM, SOLIHULL]),
    }),
    ['nhs:9990000026'],
  );
});
afterAll(() => house.close());

const post = (path: string, fields: Record<string, string>) => fetch(`${house.url}${path}`, form(house, fields));

describe('the overview', () => {
  test('shows what came, what is parked and why, what each council holds, and what is asked', async () => {
    const html = await page(house, '/console');
    expect(html).toContain('/console/messages?state=parked&amp;fault=code-unmapped');
    expect(html).toContain('a code is in no table of mappings/codes');
    expect(html).toContain('Birmingham City Council');
    expect(html).toContain('Which ICB is responsible?');
    expect(html).not.toContain(NHS_NUMBER);
    expect(html).not.toContain('Alex');
  });
});

describe('messages', () => {
  test('are filtered by state, sender, control ID and fault', async () => {
    const links = async (query: string) =>
      [...(await page(house, `/console/messages?${query}`)).matchAll(/\/console\/messages\/(\d+)"/g)].map(
        ([, id]) => id,
      );
    expect(await links('')).toEqual([parked, message]);
    expect(await links('state=parked&sender=&controlId=')).toEqual([parked]);
    expect(await links('fault=code-unmapped')).toEqual([parked]);
    expect(await links('controlId=M1')).toEqual([message]);
    expect(await links('sender=RYA')).toEqual([]);
  });

  test('are paged', async () => {
    const first = await page(house, '/console/messages?limit=1');
    const next = /href="(\/console\/messages\?[^"]*before=\d+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&');
    expect(await page(house, next ?? '')).toContain(`/console/messages/${message}"`);
  });

  test('of a person are found by a number that never is in an address', async () => {
    const res = await post('/console/messages/search', { nhsNumber: SPACED });
    const html = await res.text();
    expect(html).toContain(`/console/messages/${message}"`);
    expect(html).not.toContain(`/console/messages/${parked}"`);
    expect([...html.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, url]) => url).join(' ')).not.toContain(
      '9990000018',
    );
  });

  test('a number with a digit too few is not searched for', async () => {
    const res = await post('/console/messages/search', { nhsNumber: '999000001' });
    expect(res.status).toBe(400);
    expect(await res.text()).toContain('An NHS number has ten digits');
  });

  test('a parked one says what, where and what next', async () => {
    const html = await page(house, `/console/messages/${parked}`);
    for (const part of ['99 is in no table', 'ZMH-3', 'add 99 to legal-status.csv']) expect(html).toContain(part);
  });

  test('an interpreted one leads to its facts, its person and what followed, and shows no patient data', async () => {
    const html = await page(house, `/console/messages/${message}`);
    expect(html).toContain('left hospital');
    expect(html).toContain(`/console/register/${person}`);
    expect(html).toContain(`/console/deliveries/${delivery}`);
    expect(html).not.toMatch(/9990000018|Alex/);
  });

  test('the content is shown only to who gives a reason, and the reason is kept', async () => {
    const refusal = await post(`/console/messages/${message}/content`, { reason: 'because' });
    expect(refusal.status).toBe(400);
    expect(await refusal.text()).not.toContain('PID-5');
    expect((await audit(house)).filter(({ action }) => action === 'content-seen')).toEqual([]);

    const html = await (
      await post(`/console/messages/${message}/content`, { reason: 'the trust asks what PID-5 held' })
    ).text();
    expect(html).toContain('PID-5');
    expect(html).toContain('MSH-10');
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toContain(HOSTILE);
    expect(await audit(house)).toContainEqual({
      who: 'operator',
      action: 'content-seen',
      subject: `message:${message}`,
      reason: 'the trust asks what PID-5 held',
    });
  });
});

describe('the register', () => {
  test('finds a person by number, whom the address then names by a key of ours', async () => {
    const res = await post('/console/register/search', { nhsNumber: SPACED });
    expect(await res.text()).toContain(`/console/register/${person}"`);
    expect(res.headers.get('location')).toBeNull();
  });

  test('says of an unknown number that this is no "no"', async () => {
    const html = await (await post('/console/register/search', { nhsNumber: '9990000050' })).text();
    expect(html).toContain('That does not mean that nothing is owed');
    expect(html).not.toContain('not entitled');
  });

  test('is filtered by status, body and open questions', async () => {
    expect(await page(house, '/console/register?status=ended')).toContain('Nobody in the register is like that');
    expect(await page(house, `/console/register?body=${BIRMINGHAM}&questions=open`)).toContain(person);
  });

  test("a person's page says why, what is asked, and who was told what", async () => {
    const html = await page(house, `/console/register/${person}`);
    for (const part of [
      SPACED,
      'MHA 1983 s117(1)',
      'Which ICB?',
      'which-icb-0011',
      'left hospital, to the community',
      'section 3',
      'ordinarily resident before detention',
      'Flag active',
      `/console/deliveries/${delivery}`,
      `/console/messages/${message}`,
    ]) {
      expect(html).toContain(part);
    }
  });

  test('whoever answers a family sees who leads the plan, and what was agreed', async () => {
    const key = await registered(house, entry([episode({ anchors: ['P'], plan: PLAN })], { nhsNumber: '9990000034' }), [
      'nhs:9990000034',
    ]);
    const html = await page(house, `/console/register/${key}`);
    for (const part of ['Sam Example', 'care coordinator', '2 Sept 2026', 'Company in the week', 'Supported living'])
      expect(html).toContain(part);
    expect(html).toContain('Example Homes, funded under section 117');
  });

  test('a sentence names the body beside its code', async () => {
    const key = await registered(
      house,
      entry([episode({ anchors: ['N'] })], {
        nhsNumber: '9990000042',
        because: [{ rule: 'who', cites: 'MHA 1983 s117(3)', text: `${BIRMINGHAM} stated: resident.`, facts: [] }],
      }),
      ['nhs:9990000042'],
    );
    const html = await page(house, `/console/register/${key}`);
    expect(html).toContain(`Birmingham City Council (${BIRMINGHAM}) stated: resident.`);
  });

  test('what a sender wrote as a name is shown and not run', async () => {
    for (const path of ['/console/register', `/console/register/${person}`]) {
      const html = await page(house, path);
      expect(html).toContain('&lt;SCRIPT&gt;');
      expect(html).not.toMatch(/<script/i);
    }
  });

  test('the address and the title of the page name nobody', async () => {
    const html = await page(house, `/console/register/${person}`);
    expect(/<title>(.*)<\/title>/.exec(html)?.[1]).toBe('Person – Aftercare Bridge');
    expect(html).not.toMatch(/(?:href|action)="[^"]*9990000018/);
  });

  test('every look is recorded, by who looked and at whom', async () => {
    const looks = async () => (await audit(house)).filter(({ subject }) => subject === person);
    const before = (await looks()).length;
    await page(house, `/console/register/${person}`);
    await post('/console/register/search', { nhsNumber: SPACED });
    expect((await looks()).slice(before).map(({ who, action }) => `${who} ${action}`)).toEqual([
      'operator person-seen',
      'operator person-listed',
    ]);
    expect(JSON.stringify(await audit(house))).not.toContain(NHS_NUMBER);
  });

  test('a version that was told under a number that a merge has retired says so', async () => {
    const told = entry([episode({ anchors: ['Q'] })], { nhsNumber: '9990000050' });
    const key = await registered(house, told, ['local:RXT:MRN:Q']);
    expect(await page(house, `/console/register/${key}`)).not.toContain('of NHS number');
    const merged = { ...told, nhsNumber: '9990000069', formerNhsNumbers: ['9990000050'] };
    await entryStore(house.database.pool).save([{ personKey: key, entry: merged, foldedWith: 'today' }]);
    expect(await page(house, `/console/register/${key}`)).toContain('of NHS number 999 000 0050');
  });

  test('a key that a merge has retired leads to the one that answers today', async () => {
    const retired = randomUUID();
    await house.database.pool.query('insert into person_keys (key, anchor, merged_into) values ($1, $2, $3)', [
      retired,
      retired,
      person,
    ]);
    const res = await fetch(`${house.url}/console/register/${retired}`, { headers: bearer(), redirect: 'manual' });
    expect(res.headers.get('location')).toBe(`/console/register/${person}`);
  });
});

describe('deliveries', () => {
  test('are listed with the body that each is for, and without it on the page of one body', async () => {
    const cells = async (path: string) => {
      const row = /<tbody[\s\S]*?<\/tr>/.exec(await page(house, path))?.[0] ?? '';
      return [...row.matchAll(/aria-hidden="true">([^<]*?) <\/span>/g)].map(([, name]) => name);
    };
    expect(await cells('/console/deliveries')).toEqual([
      'Version',
      'Body',
      'State',
      'Published',
      'Attempts',
      'Trouble',
    ]);
    expect(await cells(`/console/bodies/${BIRMINGHAM}`)).toEqual([
      'Version',
      'State',
      'Published',
      'Attempts',
      'Trouble',
    ]);
  });

  test("a parked one shows the council's answer, its attempts, and what next", async () => {
    const html = await page(house, `/console/deliveries/${delivery}`);
    for (const part of [
      'the council refused the content',
      'CarePlan.subject must match &lt;Flag.subject&gt;',
      '422',
      'agree with the council what must change',
    ]) {
      expect(html).toContain(part);
    }
    expect((await audit(house)).at(-1)).toMatchObject({ action: 'version-seen', subject: person });
  });

  test('an operator hands it over again: it is due, somebody is woken, and it is recorded', async () => {
    const res = await post('/console/deliveries/hand-over', { delivery });
    expect(res.headers.get('location')).toBe(`/console/deliveries/${delivery}?again=yes`);
    expect(house.handedOver).toEqual([expect.objectContaining({ personKey: person, body: BIRMINGHAM })]);
    expect(await page(house, `/console/deliveries/${delivery}?again=yes`)).toContain('Handed over again');
    expect(await audit(house)).toContainEqual(
      expect.objectContaining({ action: 'handed-over-again', subject: `delivery:${delivery}` }),
    );
    await confirmed(house, person);
    const settled = house.handedOver.length;
    await post('/console/deliveries/hand-over', { delivery });
    expect(house.handedOver).toHaveLength(settled);
  });

  test('neither a delivery nor a body named: nothing is handed over', async () => {
    expect((await post('/console/deliveries/hand-over', {})).status).toBe(400);
    expect((await post('/console/deliveries/hand-over', { delivery, body: BIRMINGHAM })).status).toBe(400);
  });

  test('everything that a council lacks is handed over at once', async () => {
    const before = house.handedOver.length;
    const res = await post('/console/deliveries/hand-over', { body: SOLIHULL });
    expect(res.headers.get('location')).toBe(`/console/bodies/${SOLIHULL}?said=again`);
    expect(house.handedOver.slice(before).map(({ body }) => body)).toEqual([SOLIHULL]);
  });
});

describe('what is not there', () => {
  test.each([
    '/console/nowhere',
    '/console/messages/999999',
    `/console/register/${randomUUID()}`,
    '/console/deliveries/999999',
  ])('%s is a page that says so', async (path) => {
    const res = await fetch(`${house.url}${path}`, { headers: { ...bearer(), accept: 'text/html' } });
    expect(res.status).toBe(404);
    expect(await res.text()).toContain('start again from the overview');
  });

  test('an address that cannot be is 400, and does not repeat what was asked', async () => {
    for (const path of [
      '/console/register/9990000018',
      '/console/messages/one',
      '/console/messages?state=9990000018',
    ]) {
      const res = await fetch(`${house.url}${path}`, { headers: { ...bearer(), accept: 'text/html' } });
      expect(res.status).toBe(400);
      expect(await res.text()).not.toContain('9990000018');
    }
  });
});

test('after all this the log has said much and named nobody', () => {
  expect(house.log()).toContain('a request was answered');
  expect(house.log()).not.toMatch(/9990000018|999 000 0018|Alex|register\/|controlId/);
});
