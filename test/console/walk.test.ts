import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import {
  agreed,
  BIRMINGHAM,
  disputed,
  entry,
  episode,
  inHospital,
  PLAN,
  redetained,
  SOLIHULL,
} from '../publish/entries.js';
import { describeNeeding } from '../support/needs.js';
import {
  confirmed,
  type House,
  leftHospital,
  NHS_NUMBER,
  openHouse,
  received,
  refused,
  registered,
  TOKEN,
} from './house.js';
import { faintTexts, faultsOfStructure } from './readers.js';

/** A folder for pictures of every page; nothing is kept without it. */
const pictures = process.env.WALK_PICTURES;

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1440, height: 900 };

async function furnish(house: House): Promise<void> {
  await received(house, { controlId: 'M1', text: 'PID|||9990000018^^^NHS^NH||EXAMPLE^Alex' }, [
    leftHospital(),
    {
      ...leftHospital(),
      kind: 'detention',
      id: 'd1',
      effectiveAt: '2026-01-01T00:00:00Z',
      period: 'P1',
      from: '2026-01-01',
      to: '2026-02-20',
      endReason: null,
      status: { system: '', code: '03', text: 'Section 3', basis: 's3', bearing: 'yes' },
    },
  ]);
  await received(house, {
    controlId: 'M2',
    trigger: 'A08',
    state: 'parked',
    fault: {
      code: 'code-unmapped',
      where: 'ZMH-3.1',
      text: '99 of MHACT-ENG is in no table',
      next: 'add it to mappings/codes/legal-status-england.csv, restart the service and run "aftercare rebuild"',
    },
  });
  await received(house, {
    controlId: 'M3',
    sender: 'RYA',
    state: 'rejected',
    content: null,
    ack: 'AR',
    fault: {
      code: 'sender-unknown',
      where: 'MSH-4',
      text: 'no sender of the site file has this code',
      next: 'add it under senders in the site file',
    },
  });
  await received(house, { controlId: 'M4', trigger: 'A01' });
  const alex = await registered(
    house,
    entry(
      [
        redetained(),
        episode({
          anchors: ['RXT|P2'],
          council: agreed(BIRMINGHAM),
          plan: PLAN,
          from: '2026-09-01',
          qualifying: [{ key: 'RXT|P2', basis: 's37-41', from: '2026-07-01', to: null }],
        }),
      ],
      {
        nhsNumber: NHS_NUMBER,
        concurrent: ['cto'],
        because: [
          {
            rule: 'qualifying-detention',
            cites: 'MHA 1983 s117(1)',
            text: 'Detained under section 3 from 2026-01-01 to 2026-02-20.',
            facts: [],
          },
          { rule: 'leaving-hospital', cites: 'MHA 1983 s117(2)', text: 'Left hospital on 2026-03-01.', facts: [] },
        ],
        questions: [
          {
            id: 'which-icb-0a1b2c3d4e5f6071',
            kind: 'which-icb',
            text: 'The trust named a commissioner that no longer exists. Which ICB is responsible?',
            options: ['QHL', 'QUA', 'another'],
            facts: [],
          },
        ],
      },
    ),
    [`nhs:${NHS_NUMBER}`],
  );
  await refused(house, alex);
  const sam = await registered(
    house,
    entry([episode({ anchors: ['S'], council: agreed(SOLIHULL) })], {
      nhsNumber: '9990000026',
      name: { family: 'Sample', given: ['Sam'] },
    }),
    ['nhs:9990000026'],
  );
  await confirmed(house, sam, SOLIHULL);
  await registered(
    house,
    entry([inHospital({ anchors: ['T'], council: disputed([BIRMINGHAM, SOLIHULL]) })], {
      nhsNumber: '9990000034',
      name: { family: 'Test', given: ['Toni'] },
      status: 'prospective',
      council: disputed([BIRMINGHAM, SOLIHULL]),
    }),
    ['nhs:9990000034'],
  );
}

describeNeeding('chromium', 'a walk through the console', () => {
  let house: House;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const troubles: string[] = [];

  beforeAll(async () => {
    house = await openHouse();
    await furnish(house);
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    context = await browser.newContext({ viewport: DESK });
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
    page.on('console', (message) => void troubles.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => void troubles.push(`page: ${error.message}`));
    page.on('response', (response) => {
      if (response.status() >= 400) troubles.push(`${response.status()}: ${new URL(response.url()).pathname}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(house.url)) troubles.push(`outside: ${request.url()}`);
      if (request.url().includes(NHS_NUMBER)) troubles.push('a number in an address');
    });
  });
  afterAll(async () => {
    await browser?.close();
    await house.close();
  });

  /** Every page is looked at on a desk and on a phone. */
  async function look(name: string): Promise<void> {
    for (const [size, viewport] of Object.entries({ desk: DESK, phone: PHONE })) {
      await page.setViewportSize(viewport);
      const faults = [...(await page.evaluate(faultsOfStructure)), ...(await page.evaluate(faintTexts))];
      expect({ name, size, faults }).toEqual({ name, size, faults: [] });
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${size}.png`), fullPage: true });
    }
    await page.setViewportSize(DESK);
  }

  const heading = () => page.getByRole('heading', { level: 1 }).innerText();
  const goTo = (name: string) => page.getByRole('navigation').getByRole('link', { name }).click();

  test('sign in: first wrongly, then rightly', async () => {
    await page.goto(`${house.url}/console/register`);
    await page.getByLabel('Operator token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('not the operator token');
    await look('sign-in');
    troubles.splice(0); // the browser itself reports the 401
    await page.getByLabel('Operator token').fill(TOKEN);
    await page.getByLabel('Your name').fill('Sam Officer');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await heading()).toBe('Register');
    expect(await page.getByText('Signed in: Sam Officer').count()).toBe(1);
  });

  test('the overview leads to what is parked', async () => {
    await goTo('Overview');
    await look('overview');
    await page.getByRole('link', { name: 'a code is in no table of mappings/codes' }).click();
    expect(await page.getByRole('row').count()).toBe(2);
    await goTo('Messages');
    await look('messages');
  });

  test('a parked message says what next, and shows its content against a reason', async () => {
    await page
      .getByRole('row', { name: /ZMH-3.1/ })
      .getByRole('link')
      .click();
    await look('message');
    await page.getByLabel('Reason').fill('the trust asks what ZMH-3 held');
    await page.getByRole('button', { name: /Break glass/ }).click();
    expect(await page.getByText('MSH-10').count()).toBe(1);
    await look('content');
  });

  test('a family is on the phone: from the number to the person, why, and who was told', async () => {
    await goTo('Register');
    await look('register');
    await page.getByLabel('NHS number').fill('999 000 0018');
    await page.getByRole('button', { name: 'Find the person' }).click();
    expect(page.url()).toBe(`${house.url}/console/register/search`);
    await page.getByRole('link', { name: 'EXAMPLE, Alex' }).click();
    expect(await heading()).toContain('EXAMPLE, Alex');
    await look('person');
    await page.goto(`${house.url}/console/register`);
    await page.getByLabel('NHS number').fill('999 000 0050');
    await page.getByRole('button', { name: 'Find the person' }).click();
    await look('nobody');
  });

  test('what a council refused is read and handed over again', async () => {
    await goTo('Deliveries');
    await look('deliveries');
    await page
      .getByRole('row', { name: /refused/ })
      .getByRole('link')
      .click();
    await look('delivery');
    await page.getByRole('button', { name: 'Hand over again' }).click();
    expect(await page.getByRole('status').innerText()).toContain('Handed over again');
    expect(house.handedOver).toHaveLength(1);
  });

  test('sign out, and nothing is open any more', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto(`${house.url}/console`);
    expect(await heading()).toBe('Sign in');
  });

  test('all the while the browser had nothing to complain of and asked nobody else', () => {
    expect(troubles).toEqual([]);
  });

  test('a page that is not there is told as calmly', async () => {
    await page.goto(`${house.url}/console/sign-in`);
    await page.getByLabel('Operator token').fill(TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.goto(`${house.url}/console/messages/999`);
    await look('error');
  });
});
