import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { type Invented, PEOPLE } from '../../src/demo/people.js';
import { EASTMERE, NORTHMOOR, stageFor } from '../../src/demo/stage.js';
import { DIFFERENCE_KINDS } from '../../src/register/register-comparison.js';
import { reconciliationStore } from '../../src/store/reconciliations.js';
import { describeNeeding } from '../support/needs.js';
import { until } from '../support/process.js';
import { untilSettled } from '../support/service.js';
import { faintTexts, faultsOfStructure } from './readers.js';
import { openTown, type Town } from './town.js';

/** A folder for pictures of every page, and one for those that the documentation shows; without them nothing is kept. */
const pictures = process.env.WALK_PICTURES;
const documented = process.env.WALK_SCREENSHOTS;
const SHOWN = new Set([
  'overview-desk',
  'person-desk',
  'messages-desk',
  'content-desk',
  'body-desk',
  'questions-desk',
  'charges-desk',
  'decision-check-desk',
  'person-phone',
]);

const numberOf = ({ nhsNumber }: Invented): string => nhsNumber ?? '';

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Of three people it becomes known that they left hospital long ago; they and two others were charged. */
async function theyAreCharged({ url, token, database }: Town): Promise<void> {
  const stage = stageFor(new Date().toISOString().slice(0, 10));
  const detained = (person: Invented, leftAgo: number) => [
    {
      kind: 'detention',
      nhsNumber: numberOf(person),
      section: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland', code: '03' },
      from: stage.day(leftAgo + 60),
      to: stage.day(leftAgo),
      certainty: 'papers-seen',
    },
    { kind: 'left-hospital', nhsNumber: numberOf(person), on: stage.day(leftAgo) },
  ];
  const charge = (
    person: Invented,
    what: string,
    amountPerWeek: string,
    ago: readonly [number, number?],
    more = {},
  ) => ({
    kind: 'charge',
    nhsNumber: numberOf(person),
    ...{ from: stage.day(ago[0]), to: ago[1] === undefined ? null : stage.day(ago[1]) },
    ...{ amountPerWeek, for: what, ...more },
  });
  const careAct = { recordedAs: 'care-act' };
  const facts = [
    ...detained(PEOPLE.gwen, 800),
    ...detained(PEOPLE.ines, 610),
    ...detained(PEOPLE.farah, 420),
    charge(PEOPLE.gwen, 'Residential care', '812.40', [790, 130], careAct),
    charge(PEOPLE.gwen, 'Day centre', '96.00', [500, 130]),
    charge(PEOPLE.ines, 'Residential care', '1140.55', [580, 61], careAct),
    charge(PEOPLE.farah, 'Supported living', '385.00', [400]),
    charge(PEOPLE.farah, 'Rent', '128.75', [400], { accommodation: true }),
    {
      kind: 'plan',
      nhsNumber: numberOf(PEOPLE.farah),
      agreedOn: stage.day(410),
      needs: [],
      accommodation: { meetsNeed: true, because: 'supported living is for the disorder' },
    },
    charge(PEOPLE.basil, 'Home care', '54.20', [30], careAct),
  ];
  for (const fact of facts) {
    const statedBy = { organisation: EASTMERE, name: 'F. Invented', role: 'finance officer' };
    const body = JSON.stringify({ statedBy, ...fact });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/facts`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
  }
  await untilSettled(database.pool);
}

describeNeeding('chromium', 'a walk through the console of the whole service', () => {
  let town: Town;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const troubles: string[] = [];

  beforeAll(async () => {
    town = await openTown();
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    context = await browser.newContext({ viewport: DESK, locale: 'en-GB', timezoneId: 'Europe/London' });
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
    page.on('console', (message) => void troubles.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => void troubles.push(`page: ${error.message}`));
    page.on('response', (response) => {
      if (response.status() >= 400) troubles.push(`${response.status()}: ${new URL(response.url()).pathname}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(town.url)) troubles.push(`outside: ${request.url()}`);
      if (/999\d{7}/.test(request.url())) troubles.push('a number in an address');
    });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await town?.close();
  });

  /** Every page is looked at on a desk and on a phone, and read as assistive technology reads it. */
  async function look(name: string): Promise<void> {
    for (const [size, viewport] of Object.entries({ desk: DESK, phone: PHONE })) {
      await page.setViewportSize(viewport);
      const faults = [
        ...(await page.evaluate(faultsOfStructure)),
        ...(await page.evaluate(faintTexts)),
        ...(await axe()),
      ];
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${size}.png`), fullPage: true });
      if (documented && SHOWN.has(`${name}-${size}`)) await keepTop(join(documented, `${name}-${size}.png`));
      expect({ name, size, faults }).toEqual({ name, size, faults: [] });
    }
    await page.setViewportSize(DESK);
  }

  /** The upper part, as somebody sees it who opens the page. */
  async function keepTop(path: string): Promise<void> {
    const { width, height } = page.viewportSize() ?? DESK;
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.screenshot({
      path,
      fullPage: true,
      clip: { x: 0, y: 0, width, height: Math.min(whole, height * 1.35) },
    });
  }

  async function axe(): Promise<string[]> {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate<AxeResults>('axe.run(document)');
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
  }

  const heading = () => page.getByRole('heading', { level: 1 }).innerText();
  const goTo = (name: string) =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click();
  const firstRow = () => page.getByRole('row').nth(1);
  const opened = async () => new URL(page.url()).pathname;

  /** What the audit says of the last look. */
  async function lastLook(): Promise<string> {
    const { rows } = await town.database.pool.query<{ line: string }>(
      `select who || ' ' || role || ' ' || action as line from audit order by id desc limit 1`,
    );
    return rows[0]?.line ?? 'nothing';
  }

  test('sign in: first wrongly, then rightly', async () => {
    await page.goto(`${town.url}/console/register`);
    await page.getByLabel('Operator token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('not the operator token');
    await look('sign-in');
    troubles.splice(0); // the browser itself reports the 401
    await page.getByLabel('Operator token').fill(town.token);
    await page.getByLabel('Your name').fill('Sam Officer');
    await page.getByRole('radio', { name: 'Register officer' }).check();
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await heading()).toBe('Register');
    expect(await page.getByText('Signed in: Sam Officer, officer').count()).toBe(1);
  });

  test('by keyboard alone: past the header into the content, and to a person', async () => {
    await page.goto(`${town.url}/console/register`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Skip to main content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('nhsNumber');
    await page.keyboard.type(numberOf(PEOPLE.ada));
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'FENWICK, Ada' }).focus();
    await page.keyboard.press('Enter');
    expect(await heading()).toContain('FENWICK, Ada');
  });

  test('the overview says first what the service has noticed, and leads there', async () => {
    const noticed = async () =>
      (await town.database.pool.query(`select from alerts where kind = 'delivery-parked'`)).rowCount === 1;
    await until(noticed, 'the service notices that a council refuses', 40_000);
    await goTo('Overview');
    await page.getByRole('link', { name: /for .* are parked \(council-refused\)/ }).click();
    expect(await page.getByRole('row').count()).toBeGreaterThan(1);
    expect(new URL(page.url()).search).toBe(`?body=${EASTMERE}&state=parked`);
  }, 60_000);

  test('the overview shows what came, and leads to what is parked', async () => {
    await goTo('Overview');
    expect(await page.getByRole('img', { name: 'Messages by the minute in the last hour' }).count()).toBe(1);
    await look('overview');
    await page.getByRole('link', { name: 'a code is in no table of mappings/codes' }).click();
    expect(await page.getByRole('row').count()).toBe(2);
    await goTo('Messages');
    await look('messages');
  });

  test('the overview keeps itself fresh, until it is told not to', async () => {
    await page.clock.install();
    await goTo('Overview');
    const before = await page.locator('#live').innerHTML();
    await town.database.pool.query(
      `insert into paused_bodies (body, paused_by, reason) values ('${NORTHMOOR}', 'a', 'b')`,
    );
    await page.clock.runFor(16_000);
    await until(async () => (await page.locator('#live').innerHTML()) !== before, 'the overview is fresh', 10_000);
    expect(await page.locator('#live').getByText('Paused', { exact: true }).count()).toBe(1);
    await page.getByRole('button', { name: 'Pause updates' }).click();
    await town.database.pool.query('delete from paused_bodies');
    await page.clock.runFor(60_000);
    expect(await page.locator('#live').getByText('Paused', { exact: true }).count()).toBe(1);
    await context.clock.resume();
  });

  test('a message is searched for by what is known of it', async () => {
    await goTo('Messages');
    await page.getByLabel('Control ID').fill('ADM500007');
    await page.getByLabel('Received from').fill('2020-01-01T00:00');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.getByRole('row').count()).toBe(2);
    await page.getByRole('link', { name: 'Show all' }).click();
    await page.getByLabel('NHS number').fill(numberOf(PEOPLE.basil));
    await page.getByRole('button', { name: 'Find their messages' }).click();
    expect(await page.getByRole('row').count()).toBeGreaterThan(2);
    expect(await lastLook()).toBe('Sam Officer officer messages-searched');
  });

  test('a parked message says what next, and shows its content against a reason, every field by name', async () => {
    await page.goto(`${town.url}/console/messages?state=parked`);
    await firstRow().getByRole('link').click();
    await look('message');
    await page.getByLabel('Reason').fill('the trust asks what ZMH-3 held');
    await page.getByRole('button', { name: /Break glass/ }).click();
    expect(await page.getByText('ZMH-3 Legal status classification').count()).toBe(1);
    expect(await page.getByText('PV1-37 Discharged to Location').count()).toBe(1);
    await look('content');
    expect(await lastLook()).toContain('Sam Officer officer content-seen');
  });

  test('a family is on the phone: from the number to the person, why, and who was told', async () => {
    await goTo('Register');
    await look('register');
    await page.getByLabel('NHS number').fill(numberOf(PEOPLE.farah));
    await page.getByRole('button', { name: 'Find the person' }).click();
    expect(page.url()).toBe(`${town.url}/console/register/search`);
    await page.getByRole('link', { name: 'SIDDIQUI, Farah' }).click();
    expect(await heading()).toContain('SIDDIQUI, Farah');
    expect(await lastLook()).toBe('Sam Officer officer person-seen');
    await look('person');
    await page.goto(`${town.url}/console/register`);
    await page.getByLabel('NHS number').fill('999 000 0050');
    await page.getByRole('button', { name: 'Find the person' }).click();
    await look('nobody');
  });

  test('the questions are a list of work', async () => {
    await goTo('Questions');
    await look('questions');
    await page.getByRole('navigation', { name: 'Kinds of question' }).getByRole('link').nth(1).click();
    await firstRow().getByRole('link').first().click();
    expect(await opened()).toMatch(/^\/console\/register\/[0-9a-f-]{36}$/);
  });

  /** Whoever states it; then a last look at what would come of it, and the record. */
  async function stateAs(name: string, picture: string, organisation = 'Eastmere Council'): Promise<void> {
    await page.getByLabel('Name', { exact: true }).or(page.getByLabel('Stated by')).last().fill(name);
    await page.getByLabel('Role').last().fill('decision maker');
    await page.getByLabel('Organisation').last().fill(organisation);
    await page.getByRole('button', { name: 'Check before it is recorded' }).last().click();
    expect(await heading()).toBe('Check before it is recorded');
    await look(picture);
    await page.getByRole('button', { name: /^Record it/ }).click();
    expect(await page.getByRole('status').innerText()).toContain('Recorded');
    expect(await opened()).toMatch(/^\/console\/register\/[0-9a-f-]{36}$/);
    expect(await lastLook()).toBe('Sam Officer officer person-seen');
  }

  const find = async (person: Invented) => {
    await goTo('Register');
    await page.getByLabel('NHS number').fill(numberOf(person));
    await page.getByRole('button', { name: 'Find the person' }).click();
    await firstRow().getByRole('link').first().click();
  };
  const statusShown = () => page.locator('h1 .nhsuk-tag').innerText();
  const today = new Date().toISOString().slice(0, 10);

  test('what is due is a list for whoever arranges and chases it', async () => {
    await goTo('Due');
    expect(await heading()).toBe('Due');
    expect(await page.getByRole('row').count()).toBeGreaterThan(1);
    await page.getByLabel('What', { exact: true }).selectOption({ label: 'Review' });
    await page.getByRole('button', { name: 'Filter' }).click();
    expect(await firstRow().innerText()).toContain('Review');
    expect(await lastLook()).toBe('Sam Officer officer person-listed');
    await look('due');
  });

  test('a question is answered where it is asked', async () => {
    await goTo('Questions');
    await page.getByRole('link', { name: 'Councils dispute who is responsible' }).first().click();
    await page.getByRole('link', { name: 'Councils dispute who is responsible' }).last().click();
    expect(await heading()).toContain('REEVE, Jonah');
    await page.getByRole('radio', { name: NORTHMOOR }).check();
    await page.getByLabel('Because').fill('both councils wrote that the tenancy in Northmoor goes on');
    await look('answer');
    await stateAs('A. Invented', 'answer-check');
    expect(await page.getByRole('heading', { name: 'Councils dispute who is responsible' }).count()).toBe(0);
    expect(await page.getByRole('region', { name: 'Council', exact: true }).innerText()).toContain(NORTHMOOR);
  });

  test('a council is determined: what is wrong is named, then what would come of it is shown', async () => {
    await find(PEOPLE.ada);
    await page.getByRole('link', { name: 'Record a fact' }).click();
    await look('record');
    await page.getByRole('link', { name: 'Which council is responsible' }).click();
    await page.getByLabel('Council', { exact: true }).fill(EASTMERE);
    await page.getByRole('button', { name: 'Check before it is recorded' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('From which day: enter a day');
    await look('record-wrong');
    troubles.splice(0); // the browser itself reports the 400
    await page.getByRole('link', { name: 'From which day: enter a day' }).click();
    await page.keyboard.type('2');
    await page.getByLabel('From which day').fill(today);
    await page.getByRole('radio', { name: /^Agreed/ }).check();
    await stateAs('B. Invented', 'record-check');
    expect(await page.getByRole('region', { name: 'Council', exact: true }).innerText()).toContain(EASTMERE);
  });

  test('one body alone ends nothing; both do', async () => {
    for (const [who, label, organisation] of [
      ['C. Invented', 'The council', 'Eastmere Council'],
      ['D. Invented', 'The ICB', 'Eastmere ICB'],
    ] as const) {
      expect(await statusShown()).toBe('Active');
      await page.getByRole('link', { name: 'Record a fact' }).click();
      await page.getByRole('link', { name: 'A decision about ending aftercare' }).click();
      await page.getByRole('radio', { name: label }).check();
      await page.getByRole('radio', { name: 'Aftercare is no longer needed' }).check();
      await page.getByLabel('Decided on').fill(today);
      await page.getByRole('checkbox', { name: /Current needs were reassessed/ }).check();
      await page.getByRole('radio', { name: 'Yes' }).check();
      await page.getByLabel('Evidence').fill('the assessment of this week, and the minutes');
      await look('decision');
      await stateAs(who, 'decision-check', organisation);
    }
    expect(await statusShown()).toBe('Ended');
  });

  test('a decision that does not count says why before it is recorded', async () => {
    await find(PEOPLE.basil);
    await page.getByRole('link', { name: 'Record a fact' }).click();
    await page.getByRole('link', { name: 'A decision about ending aftercare' }).click();
    await page.getByRole('radio', { name: 'The council' }).check();
    await page.getByRole('radio', { name: 'Aftercare is no longer needed' }).check();
    await page.getByLabel('Decided on').fill(today);
    await page.getByRole('checkbox', { name: 'Settled in the community' }).check();
    await page.getByRole('radio', { name: 'Yes' }).check();
    await page.getByRole('button', { name: 'Check before it is recorded' }).click();
    expect(await page.getByRole('note').innerText()).toContain('Code of Practice 2015 paras 33.20-33.22');
    await look('proposal');
  });

  test('a statement is withdrawn, and aftercare goes on', async () => {
    await find(PEOPLE.ada);
    await page.getByRole('link', { name: /^Withdraw\s+ICB decided/ }).click();
    await page.getByLabel('Because').fill('it was decided about somebody else');
    await look('withdraw');
    await stateAs('D. Invented', 'withdraw-check');
    expect(await statusShown()).toBe('Active');
    expect(await page.getByRole('row', { name: /ICB decided.*withdrawn/ }).count()).toBe(1);
    await look('person-stated');
  });

  test('a plan of several needs is typed, and stands on the page', async () => {
    await page.getByRole('link', { name: 'Record a fact' }).click();
    await page.getByRole('link', { name: 'The aftercare plan' }).click();
    await page.getByLabel('Agreed on').fill(today);
    await page.getByLabel('What is needed').fill('Company in the week');
    await page.getByLabel('Service 1').fill('Day centre');
    await page.getByLabel('Paid for by').selectOption('s117');
    await page.getByRole('button', { name: 'Add another need' }).click();
    await page.getByLabel('What is needed').last().fill('A place to live');
    await look('plan');
    await stateAs('B. Invented', 'plan-check');
    expect(await page.getByRole('region', { name: 'The plan' }).innerText()).toContain('A place to live');
  });

  test('another day is shown as another day, of one person and of everybody', async () => {
    await page.getByText('See another day').click();
    await page.getByLabel('As it was on').fill('2020-01-01');
    await page.getByRole('button', { name: 'See that day' }).click();
    expect(await page.getByRole('note').innerText()).toContain('1 Jan 2020');
    expect(await statusShown()).toBe('Not known');
    expect(await page.getByRole('link', { name: 'Record a fact' }).count()).toBe(0);
    await look('person-then');
    await goTo('Register');
    await page.getByLabel('As it was on').fill('2020-01-01');
    await page.getByRole('button', { name: 'Filter' }).click();
    expect(await page.getByRole('note').innerText()).toContain('1 Jan 2020');
    await look('register-then');
  });

  test('how the register of a council compared with this one is listed and drawn', async () => {
    const store = reconciliationStore<object>(town.database.pool);
    const none = Object.fromEntries(DIFFERENCE_KINDS.map((kind) => [kind, 0]));
    for (const [at, differing] of [14, 9, 11, 4].entries()) {
      const id = await store.begin({
        body: EASTMERE,
        source: 'fhir',
        asOf: `2026-0${at + 5}-01`,
        startedBy: 'schedule',
      });
      const kinds = { ...none, 'missing-there': differing - 2, 'status-differs': 2 };
      const counts = {
        rows: 120,
        refused: 0,
        same: 106,
        differing,
        oldCodes: 1,
        kinds,
        sendAgain: differing - 2,
        asked: 2,
      };
      await store.end(id, { counts, applied: true });
    }
    await page.goto(`${town.url}/console/bodies/${EASTMERE}`);
    expect(await page.getByRole('img', { name: 'People who differ, check by check' }).count()).toBe(1);
    await look('body-registers');
    await page.getByRole('link', { name: 'Open questions about registers that differ' }).click();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('Questions');
  });

  test('what people were charged is a list of work with its drawing, and each charge leads to its question', async () => {
    await page.goto(`${town.url}/console/charges?body=E08000026`);
    expect(await page.getByText('Nobody is asked about').count()).toBe(1);
    await look('charges-none');
    await theyAreCharged(town);
    await goTo('Charges');
    expect(await page.getByRole('img', { name: 'Charged while aftercare is owed, by the month' }).count()).toBe(1);
    expect(await lastLook()).toBe('Sam Officer officer person-listed');
    await look('charges');
    await page.getByRole('combobox', { name: 'Why it is looked at' }).selectOption('recorded-as-care-act');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page
      .getByRole('link', { name: /a week for Residential care$/ })
      .first()
      .click();
    expect(await page.getByRole('heading', { name: 'Was anything charged?' }).count()).toBeGreaterThan(0);
    expect(new URL(page.url()).hash).toMatch(/^#question-/);
  });

  test('what a council refused is read and handed over again', async () => {
    await goTo('Councils and ICBs');
    await look('bodies');
    await page
      .getByRole('row', { name: new RegExp(EASTMERE) })
      .getByRole('link')
      .first()
      .click();
    await look('body');
    await firstRow().getByRole('link').click();
    expect(await page.getByText('CarePlan.period ends before it starts').count()).toBeGreaterThan(0);
    expect(await page.getByText('Flag, active').count()).toBe(1);
    expect(await lastLook()).toBe('Sam Officer officer version-seen');
    await look('delivery');
    await page.getByRole('button', { name: 'Hand over again' }).click();
    expect(await page.getByRole('status').innerText()).toContain('Handed over again');
    await goTo('Deliveries');
    await look('deliveries');
  });

  test('a council is paused with a reason, and resumed', async () => {
    await page.goto(`${town.url}/console/bodies/${NORTHMOOR}`);
    await page.getByText('Pause: hand nothing over for now').click();
    await page.getByLabel('Reason').fill('the council moves its server today');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    expect(await page.getByText('the council moves its server today').count()).toBe(1);
    await look('body-paused');
    await page.getByRole('button', { name: 'Resume' }).click();
    expect(await page.getByRole('status').innerText()).toContain('Resumed');
    expect(await lastLook()).toBe('Sam Officer officer body-resumed');
  });

  test('an auditor sees who has looked at a person', async () => {
    await goTo('Audit');
    await page.getByLabel('NHS number').fill(numberOf(PEOPLE.farah));
    await page.getByRole('button', { name: 'Who has seen this person?' }).click();
    expect(await page.getByRole('row', { name: /Sam Officer.*Opened a person/ }).count()).toBeGreaterThan(0);
    await look('audit');
  });

  test('the queues behind it all, in BullMQ’s own dashboard, only to look at', async () => {
    await goTo('Queues');
    await page.getByText('interpret', { exact: true }).first().waitFor();
    if (pictures) await page.screenshot({ path: join(pictures, 'queues-desk.png') });
    const paused = await page.evaluate(() =>
      fetch('/console/queues/api/queues/interpret/pause', { method: 'PUT' }).then(({ status }) => status),
    );
    expect(paused).toBe(405);
    await page.goto(`${town.url}/console`);
    troubles.splice(0, troubles.length, ...troubles.filter((trouble) => !/405/.test(trouble)));
  });

  test('sign out, and nothing is open any more', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto(`${town.url}/console`);
    expect(await heading()).toBe('Sign in');
  });

  test('all the while the browser had nothing to complain of and asked nobody else', () => {
    expect(troubles).toEqual([]);
  });

  test('nor did the log name anybody', () => {
    expect(town.log()).toContain('a request was answered');
    expect(town.log()).not.toMatch(/999\d{7}|Fenwick|Siddiqui|register\//i);
  });

  test('a page that is not there is told as calmly', async () => {
    await page.getByLabel('Operator token').fill(town.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.goto(`${town.url}/console/messages/999999`);
    await look('error');
  });
});
