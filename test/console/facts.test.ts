import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as views from '../../src/console/register-schemas.js';
import * as schemas from '../../src/console/schemas.js';
import { foldNodes } from '../../src/flow/fold.js';
import { rebuild } from '../../src/flow/rebuild.js';
import { peopleStore } from '../../src/store/people.js';
import { BIRMINGHAM, SOLIHULL } from '../publish/entries.js';
import { quiet } from '../support/quiet.js';
import { audit, bearer, type House, houseTables, leftHospital, openHouse, received } from './house.js';

const STATED_BY = { organisation: 'RXT', name: 'A. Invented', role: 'Mental Health Act administrator' };
const ENGLAND = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland';
const ADA = '9990000018';
const BASIL = '9990000026';

const fact = (kind: string, nhsNumber: string, more: object) => ({ kind, nhsNumber, ...more, statedBy: STATED_BY });
const detained = (nhsNumber: string) =>
  fact('detention', nhsNumber, {
    section: { system: ENGLAND, code: '03' },
    from: '2026-01-01',
    to: '2026-02-20',
    certainty: 'papers-seen',
  });
const left = (nhsNumber: string) => fact('left-hospital', nhsNumber, { on: '2026-03-01' });
const council = (nhsNumber: string, code: string) =>
  fact('council-determined', nhsNumber, { effectiveOn: '2026-03-01', council: code, standing: 'agreed' });

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const send = (body: string, type: string, headers: Record<string, string> = bearer()) =>
  fetch(`${house.url}/api/facts`, { method: 'POST', headers: { ...headers, 'content-type': type }, body });
const lines = (...facts: object[]) => facts.map((each) => JSON.stringify(each)).join('\n');
const ndjson = (...facts: object[]) => send(lines(...facts), 'application/x-ndjson');
const answered = async (res: Response) => schemas.FactsRecorded.strict().parse(await res.json());
const counted = async (table: string) =>
  (await house.database.pool.query<{ count: number }>(`select count(*)::int as count from ${table}`)).rows[0]?.count;

describe('facts by the API', () => {
  test('one fact, laid out over lines as JSON is: recorded, folded and in the audit', async () => {
    const res = await send(JSON.stringify(detained(ADA), null, 2), 'application/json');
    expect(res.status).toBe(200);
    const { recorded, known, facts } = await answered(res);
    expect({ recorded, known, kinds: facts.map(({ kind }) => kind) }).toEqual({
      recorded: 1,
      known: 0,
      kinds: ['detention'],
    });
    const person = await (
      await fetch(`${house.url}/api/register/${facts[0]?.personKey}`, { headers: bearer() })
    ).json();
    expect(person).toMatchObject({ nhsNumber: ADA, status: 'prospective' });
    expect(await audit(house)).toContainEqual({
      who: 'operator',
      action: 'fact-recorded',
      subject: facts[0]?.personKey,
      reason: 'detention',
    });
  });

  test('several, one a line: what is new is recorded, what is known is known', async () => {
    const { recorded, known, facts } = await answered(
      await ndjson(detained(ADA), left(ADA), detained(BASIL), left(ADA)),
    );
    expect({ recorded, known }).toEqual({ recorded: 2, known: 2 });
    expect(facts.map(({ outcome }) => outcome)).toEqual(['known', 'recorded', 'recorded', 'known']);
    expect(new Set(facts.map(({ personKey }) => personKey)).size).toBe(2);
  });

  test('with one mistake nothing is recorded, and every mistake is named by its line, without what was written', async () => {
    const before = await counted('stated_facts');
    const res = await ndjson(
      council(ADA, BIRMINGHAM),
      { ...left(ADA), on: '2026-02-30' },
      { ...council('9990000019', SOLIHULL), standing: 'sure' },
    );
    expect([res.status, res.headers.get('content-type')]).toEqual([
      400,
      expect.stringContaining('application/problem+json'),
    ]);
    const problem = schemas.ProblemView.parse(await res.json());
    expect(problem.title).toBe('nothing was recorded: 2 lines have mistakes');
    expect(problem.mistakes).toEqual([
      'line 2: on: is not a day that can be (YYYY-MM-DD)',
      expect.stringMatching(/^line 3: nhsNumber: fails .*; standing: is none of/),
    ]);
    expect(JSON.stringify(problem)).not.toContain('9990000019');
    expect(await counted('stated_facts')).toBe(before);
  });

  test('an id that was recorded with other content is refused, and says what to do', async () => {
    const id = '11111111-1111-4111-8111-111111111111';
    await answered(await ndjson({ id, ...council(ADA, BIRMINGHAM) }));
    const res = await ndjson({ id, ...council(ADA, SOLIHULL) });
    expect(res.status).toBe(409);
    expect(await res.json()).toMatchObject({ title: expect.stringContaining(id) });
  });

  test('what was withdrawn and is stated again says that it does not count, and how it counts again', async () => {
    const EDDIE = '9990000050';
    const statusOf = async (key: string | null | undefined) =>
      (await (await fetch(`${house.url}/api/register/${key}`, { headers: bearer() })).json()).status;
    const withdrawal = (of: string | undefined, because: string) => fact('withdrawn', EDDIE, { fact: of, because });

    const [stated] = (await answered(await ndjson(detained(EDDIE)))).facts;
    const [gone] = (await answered(await ndjson(withdrawal(stated?.id, 'a slip')))).facts;
    expect(await statusOf(stated?.personKey)).toBe('not-known');

    const again = await answered(await ndjson(detained(EDDIE)));
    expect(again).toMatchObject({ recorded: 0, known: 0, withdrawn: 1 });
    expect(again.facts).toMatchObject([{ outcome: 'withdrawn', withdrawnBy: [gone?.id] }]);
    const underOtherId = { id: '22222222-2222-4222-8222-222222222222', ...detained(EDDIE) };
    expect((await answered(await ndjson(underOtherId))).facts).toMatchObject([
      { outcome: 'withdrawn', withdrawnBy: [gone?.id] },
    ]);
    expect(await statusOf(stated?.personKey)).toBe('not-known');

    await answered(await ndjson(withdrawal(gone?.id, 'it was right')));
    expect(await statusOf(stated?.personKey)).toBe('prospective');
    expect((await answered(await ndjson(detained(EDDIE)))).facts).toMatchObject([
      { outcome: 'known', withdrawnBy: [] },
    ]);
  });

  test('what does nothing is recorded, and each says so', async () => {
    const back = (id: string) => fact('withdrawn', ADA, { fact: id, because: 'another person' });
    const nothing = '22222222-2222-4222-8222-222222222222';
    const { facts } = await answered(await ndjson(left(ADA), back(nothing)));
    expect(facts.map(({ hint }) => hint)).toEqual([null, expect.stringMatching(/^it withdraws nothing/)]);
  });

  test('bytes of another character set are refused by their line, and another set that is named', async () => {
    const latin1 = Buffer.from(
      `${lines(left(BASIL))}\n${lines({ ...left(BASIL), statedBy: { ...STATED_BY, name: 'Zoë' } })}`,
      'latin1',
    );
    const post = (type: string) =>
      fetch(`${house.url}/api/facts`, { method: 'POST', headers: { ...bearer(), 'content-type': type }, body: latin1 });
    const res = await post('application/x-ndjson');
    expect([res.status, schemas.ProblemView.parse(await res.json()).mistakes]).toEqual([
      400,
      ['line 2: is not UTF-8: save the file as UTF-8'],
    ]);
    expect((await post('application/x-ndjson; charset=iso-8859-1')).status).toBe(415);
  });

  test('a form of another site records nothing', async () => {
    const foreign = { ...bearer(), origin: 'https://elsewhere.example' };
    expect((await send(lines(left(BASIL)), 'application/json', foreign)).status).toBe(403);
    expect((await send(lines(left(BASIL)), 'text/plain')).status).toBe(415);
  });

  test('nobody who is not signed in, and no auditor', async () => {
    expect((await send(lines(left(BASIL)), 'application/json', {})).status).toBe(401);
    const cookie = await signedIn('auditor');
    expect((await send(lines(left(BASIL)), 'application/json', { cookie })).status).toBe(403);
  });
});

/** Folds whom this node names. Returns the key of the person. */
async function folded(node: string): Promise<string> {
  const { pool } = house.database;
  const id = await peopleStore(pool).nodeId(node);
  await foldNodes([id ?? ''], { pool, ...houseTables(), now: () => new Date(), today: () => '2026-11-21' });
  return (await peopleStore(pool).keysOf([node])).get(node) ?? '';
}

/** The cookie of somebody who has signed in. */
async function signedIn(role: string): Promise<string> {
  const res = await fetch(`${house.url}/console/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: house.url },
    body: new URLSearchParams({ token: 'an-invented-token-of-the-operators', name: 'Sam Officer', role, next: '' }),
  });
  return res.headers.get('set-cookie')?.split(';')[0] ?? '';
}

describe('the console', () => {
  let key: string;
  const CHLOE = '9990000034';
  const BY = {
    'statedBy.name': 'B. Invented',
    'statedBy.role': 'social worker',
    'statedBy.organisation': 'Birmingham City Council',
  };

  beforeAll(async () => {
    const { facts } = await answered(await ndjson(detained(CHLOE), left(CHLOE)));
    key = facts[0]?.personKey ?? '';
  });

  const path = (kind = '') => `${house.url}/console/register/${key}/record${kind && `/${kind}`}`;
  const open = async (kind = '', query = '') =>
    (await fetch(`${path(kind)}${query}`, { headers: { cookie: await signedIn('officer') } })).text();
  const post = async (kind: string, fields: Record<string, string | string[]>, step = 'check') => {
    const body = new URLSearchParams({ step });
    for (const [name, value] of Object.entries(fields)) for (const each of [value].flat()) body.append(name, each);
    return fetch(path(kind), {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: await signedIn('officer'), origin: house.url },
      body,
    });
  };
  const entry = async () =>
    views.PersonView.parse(await (await fetch(`${house.url}/api/register/${key}`, { headers: bearer() })).json());

  const COUNCIL = { ...BY, council: BIRMINGHAM, effectiveOn: '2026-03-01', standing: 'agreed', basis: '' };
  const FILLED: Record<string, Record<string, string | string[]>> = {
    'council-determined': COUNCIL,
    'icb-determined': { ...BY, icb: 'QHL', effectiveOn: '2026-03-01', standing: 'agreed', basis: 'its practice' },
    detention: { ...BY, section: `${ENGLAND}|10`, from: '1984-05-01', to: '', certainty: 'papers-seen' },
    'left-hospital': { ...BY, on: '2026-03-02' },
    'history-checked': { ...BY, on: '2026-03-01', found: 'no-qualifying-detention', sources: 'one\ntwo\n' },
    'register-entry': {
      ...BY,
      'statedBy.organisation': SOLIHULL,
      body: 'council',
      on: '2026-06-01',
      status: 'none',
      from: '',
      to: '',
      council: '',
      icb: '',
      caseId: '',
    },
    reply: {
      ...BY,
      'statedBy.organisation': SOLIHULL,
      body: 'council',
      on: '2026-06-02',
      outcome: 'rejected',
      reason: 'never lived here',
      caseId: '',
    },
    plan: {
      ...BY,
      agreedOn: '2026-03-02',
      'lead.name': 'C. Invented',
      'lead.role': 'care coordinator',
      'needs.0.text': 'Company in the week',
      'needs.0.services.0.text': 'Day centre',
      'needs.0.services.0.provider': 'Example Homes',
      'needs.0.services.0.fundedBy': 's117',
      'needs.1.text': '',
      'needs.1.services.0.text': '',
      reviewDue: '2026-09-02',
    },
    review: { ...BY, heldOn: '2026-09-01', attended: ['person', 'council'], outcome: 'continue', nextDue: '' },
    charge: { ...BY, for: 'residential care', amountPerWeek: '£1,120.50', from: '2026-04-01', to: '' },
    'aftercare-decision': {
      ...BY,
      body: 'council',
      decision: 'still-needed',
      decidedOn: '2026-04-01',
      personInvolved: 'yes',
      evidence: '',
    },
    'notice-given': { ...BY, on: '2026-05-03' },
    reinstated: { ...BY, from: '2026-06-01', reason: 'ended too early' },
    died: { ...BY, on: '2026-08-01', verified: 'no' },
    'identity-separated': { ...BY, from: '999 000 0026' },
  };

  test('offers a form for every kind, and each begins at the question or the statement it is about', async () => {
    const html = await open();
    for (const kind of Object.keys(FILLED)) expect(html).toContain(`/record/${kind}"`);
    expect(html).toContain('#questions');
    expect(html).toContain('#facts');
  });

  test.each(Object.keys(FILLED))('%s: shown, checked, and nothing recorded by that', async (kind) => {
    expect(await open(kind)).toContain('Who states it');
    const before = await counted('stated_facts');
    const res = await post(kind, FILLED[kind] ?? {});
    const html = await res.text();
    expect([res.status, /<h1>(.*)<\/h1>/.exec(html)?.[1]]).toEqual([200, 'Check before it is recorded']);
    expect(html).toContain('B. Invented');
    expect(await counted('stated_facts')).toBe(before);
    expect(await counted('rebuilds')).toBe(0);
  });

  test('a statement that would do nothing is said to, before it is recorded', async () => {
    const html = await (await post('identity-separated', { ...BY, from: CHLOE })).text();
    expect(html).toContain('It would do nothing yet');
    expect(await (await post('notice-given', FILLED['notice-given'] ?? {})).text()).not.toContain('do nothing yet');
  });

  test('mistakes are named where they are, and what was typed is kept', async () => {
    const res = await post('council-determined', {
      ...COUNCIL,
      council: 'x y',
      effectiveOn: '',
      basis: 'as <b>typed</b>',
    });
    const html = await res.text();
    expect(res.status).toBe(400);
    for (const part of [
      'There is a problem',
      'href="#effectiveOn"',
      'From which day: enter a day',
      'Council: is not a code',
      'as &lt;b&gt;typed&lt;/b&gt;',
      'value="B. Invented"',
    ])
      expect(html).toContain(part);
  });

  test('an empty form names everything that is missing', async () => {
    const html = await (await post('aftercare-decision', {})).text();
    for (const part of [
      'Who decided? Choose one',
      'Decided on: enter a day',
      'Was the person involved? Choose yes or no',
      'Name: enter a few words',
    ])
      expect(html).toContain(part);
  });

  test('a plan grows by a need, and keeps what was typed', async () => {
    const html = await (await post('plan', FILLED.plan ?? {}, 'more-needs')).text();
    expect(html).toContain('Company in the week');
    expect(html).toContain('name="needs.1.text"');
    expect(html).toContain('name="needs.0.services.1.text"');
  });

  test('the check says what the register would say, and who would be told', async () => {
    const html = await (await post('council-determined', COUNCIL)).text();
    expect(html).toContain('Birmingham City Council (E08000025), agreed');
    expect(html).toContain('MHA 1983 s117(3)');
    expect(html).toContain('No longer asked');
    expect(html).toContain('Flag active');
  });

  test('recorded once, however often it is sent; the address names nobody', async () => {
    const first = await post('council-determined', COUNCIL, 'record');
    expect([first.status, first.headers.get('location')]).toEqual([303, `/console/register/${key}?said=recorded`]);
    const again = await post('council-determined', COUNCIL, 'record');
    expect(again.headers.get('location')).toBe(`/console/register/${key}?said=known`);
    const { council: now, facts } = await entry();
    expect(now).toMatchObject({ code: BIRMINGHAM, standing: 'agreed' });
    expect(facts.filter(({ kind }) => kind === 'council-determined')).toMatchObject([
      { by: 'B. Invented, social worker, Birmingham City Council', recordedBy: 'Sam Officer', withdrawn: null },
    ]);
    expect(await audit(house)).toContainEqual({
      who: 'Sam Officer',
      action: 'fact-recorded',
      subject: key,
      reason: 'council determined',
    });
  });

  test('the next form knows who stated the last', async () => {
    expect(await open('notice-given')).toContain('value="B. Invented"');
  });

  test('a decision that does not count says why, with the paragraph, and may be recorded as a proposal', async () => {
    const decision = { ...FILLED['aftercare-decision'], decision: 'no-longer-needed', reasons: ['settled'] };
    const html = await (await post('aftercare-decision', decision)).text();
    expect(html).toContain('This decision does not count');
    expect(html).toContain('Code of Practice 2015 paras 33.20');
    expect(html).toContain('Record it as a proposal');
    const alone = { ...decision, reasons: ['needs-reassessed-none-remaining'], personInvolved: 'no' };
    expect(await (await post('aftercare-decision', alone)).text()).toContain('the person was not involved');
    await post('aftercare-decision', decision, 'record');
    expect(await entry()).toMatchObject({
      status: 'active',
      openQuestions: expect.arrayContaining([expect.objectContaining({ kind: 'ending-proposed' })]),
    });
  });

  test('a question is answered from its options, and from nothing else', async () => {
    const EDWIN = '9990000042';
    const { facts } = await answered(
      await ndjson(detained(EDWIN), left(EDWIN), council(EDWIN, BIRMINGHAM), {
        ...council(EDWIN, SOLIHULL),
        standing: 'disputed',
      }),
    );
    key = facts[0]?.personKey ?? '';
    const question = (await entry()).openQuestions.find(({ kind }) => kind === 'council-disputed');
    const page = await (
      await fetch(`${house.url}/console/register/${key}?question=${question?.id}`, {
        headers: { cookie: await signedIn('officer') },
      })
    ).text();
    expect(page).toContain(`id="question-${question?.id}"`);
    expect(page).toMatch(/<details[^>]* open>\s*<summary[^>]*><span[^>]*>Answer/);
    const answer = { ...BY, question: question?.id ?? '', option: SOLIHULL, because: 'both wrote so' };
    expect((await post('answer', { ...answer, because: ' ' })).status).toBe(400);
    expect(await (await post('answer', answer)).text()).toContain('No longer asked');
    expect((await post('answer', answer, 'record')).status).toBe(303);
    expect((await entry()).council).toMatchObject({ code: SOLIHULL });
    const gone = await post('answer', answer);
    expect([gone.status, await gone.text()]).toEqual([409, expect.stringContaining('this question is not open')]);
  });

  test('what a council’s register says is recorded: it is asked, and nobody is told anything new', async () => {
    const html = await (await post('register-entry', FILLED['register-entry'] ?? {})).text();
    expect(html).toContain(
      'none in the register of Solihull Metropolitan Borough Council (E08000029) as of 1 Jun 2026, where this one has active',
    );
    expect(html).toContain('Nobody: what each body holds stays as it is.');
    await post('register-entry', FILLED['register-entry'] ?? {}, 'record');
    const { status, openQuestions, facts } = await entry();
    expect({ status, asked: openQuestions.map(({ kind }) => kind) }).toEqual({
      status: 'active',
      asked: expect.arrayContaining(['registers-differ']),
    });
    expect(facts.map(({ says }) => says)).toContain('the council’s register said on 1 Jun 2026: none');
  });

  test('a rejection by telephone, of the council that is responsible: it is asked, with every way to settle it', async () => {
    const unsaid = await post('reply', { ...FILLED.reply, reason: '' });
    expect([unsaid.status, await unsaid.text()]).toEqual([400, expect.stringContaining('Why: enter a few words')]);
    const html = await (await post('reply', FILLED.reply ?? {})).text();
    expect(html).toContain('rejected on 2 Jun 2026 what it was told: never lived here');
    expect(html).toContain('Nobody: what each body holds stays as it is.');
    await post('reply', FILLED.reply ?? {}, 'record');
    const { status, openQuestions } = await entry();
    expect([status, openQuestions.map(({ kind }) => kind)]).toEqual([
      'active',
      expect.arrayContaining(['body-objects']),
    ]);
    const page = await (
      await fetch(`${house.url}/console/register/${key}`, { headers: { cookie: await signedIn('officer') } })
    ).text();
    expect(page).toContain('A body objects to what it was told');
    expect(page).toContain('goes on being told; the question is closed');
  });

  test('a statement is withdrawn from the history, where it stays to be read', async () => {
    const disputed = (await entry()).facts.find(({ says }) => says.includes('disputed'));
    const page = await (
      await fetch(`${house.url}/console/register/${key}`, { headers: { cookie: await signedIn('officer') } })
    ).text();
    expect(page).toContain(`/record/withdrawn?fact=${disputed?.id}`);
    expect(await open('withdrawn', `?fact=${disputed?.id}`)).toContain(`value="${disputed?.id}"`);
    expect(await open('withdrawn', `?fact=${disputed?.id}`)).toContain('Solihull Metropolitan Borough Council');
    const withdrawal = { ...BY, fact: disputed?.id ?? '', because: 'stated of the wrong person' };
    expect((await post('withdrawn', withdrawal, 'record')).status).toBe(303);
    const { council: now, facts } = await entry();
    expect(now).toMatchObject({ code: BIRMINGHAM, standing: 'agreed' });
    expect(facts.find(({ id }) => id === disputed?.id)).toMatchObject({
      withdrawn: { by: 'B. Invented, social worker, Birmingham City Council', because: 'stated of the wrong person' },
    });
    expect((await post('withdrawn', { ...withdrawal, fact: '' })).status).toBe(400);
  });

  test('an auditor sees no form, and can send none', async () => {
    const cookie = await signedIn('auditor');
    const html = await (await fetch(`${house.url}/console/register/${key}`, { headers: { cookie } })).text();
    expect(html).not.toMatch(/\/record/);
    expect((await fetch(path('died'), { headers: { cookie } })).status).toBe(403);
  });

  test('somebody without an NHS number is stated about by the numbers of the hospital', async () => {
    const local = { sender: 'RXT', authority: 'RXT', value: '400109' };
    await received(house, { controlId: 'L1' }, [leftHospital({ nhsNumber: null, localIds: [local] })]);
    key = await folded('local:RXT:RXT:400109');
    expect((await post('left-hospital', { ...BY, on: '2026-03-04' }, 'record')).status).toBe(303);
    const { nhsNumber, facts } = await entry();
    expect([nhsNumber, facts.map(({ kind }) => kind)]).toEqual([null, ['left-hospital', 'left-hospital-stated']]);
  });
});

describe('two times', () => {
  const FARAH = '9990000050';
  let key: string;

  beforeAll(async () => {
    const { facts } = await answered(await ndjson(detained(FARAH), left(FARAH), council(FARAH, BIRMINGHAM)));
    key = facts[0]?.personKey ?? '';
    const learnt = (kind: string, at: string) =>
      house.database.pool.query(
        `update stated_facts set recorded_at = $2 where fact ->> 'nhsNumber' = '${FARAH}' and fact ->> 'kind' = $1`,
        [kind, at],
      );
    await learnt('detention-stated', '2026-01-02T12:00:00Z');
    await learnt('left-hospital-stated', '2026-03-10T12:00:00Z');
  });

  const get = async (address: string, headers: Record<string, string> = bearer()) =>
    fetch(`${house.url}${address}`, { headers });
  const status = async (query: string) => {
    const res = await get(`/api/register/${key}?${query}`);
    return res.status === 200 ? views.PersonView.parse(await res.json()).status : res.status;
  };

  test.each([
    { story: 'before anything', query: 'as-of=2025-12-31', is: 'not-known' },
    { story: 'while detained', query: 'as-of=2026-02-01', is: 'prospective' },
    { story: 'after leaving', query: 'as-of=2026-03-01', is: 'active' },
    {
      story: 'after leaving, which nobody had said yet',
      query: 'as-of=2026-03-05&known-at=2026-03-05',
      is: 'prospective',
    },
    { story: 'known on a day, and so as on that day', query: 'known-at=2026-03-10', is: 'active' },
    { story: 'before anything was known', query: 'known-at=2026-01-01', is: 404 },
    { story: 'no such day', query: 'as-of=2026-02-30', is: 400 },
  ])('$story', async ({ query, is }) => {
    expect(await status(query)).toBe(is);
  });

  test('a wrong date is named', async () => {
    for (const address of [`/api/register/${key}`, '/api/register'])
      expect(await (await get(`${address}?known-at=yesterday`)).json()).toMatchObject({
        status: 400,
        title: 'known-at is not valid',
      });
    const html = { ...bearer(), accept: 'text/html' };
    for (const address of [`/console/register/${key}`, '/console/register'])
      expect(await (await get(`${address}?as-of=2026-13-01`, html)).text()).toContain('as-of is not valid');
  });

  test('the page says which day it shows, and offers nothing to record', async () => {
    const html = await (await get(`/console/register/${key}?as-of=2026-03-05&known-at=2026-03-05`)).text();
    expect(html).toContain('Not the register of today');
    expect(html).toContain('5 Mar 2026');
    expect(html).toContain('Prospective');
    expect(html).not.toMatch(/\/record/);
    expect((await audit(house)).at(-1)).toMatchObject({ action: 'person-seen', subject: key });
  });

  test('the whole register of a day, filtered and paged', async () => {
    const persons = async (query: string) =>
      views.RegisterView.parse(await (await get(`/api/register?${query}`)).json());
    const then = await persons('known-at=2026-03-05');
    expect(then.persons.map(({ personKey, status: was }) => [personKey, was])).toEqual([[key, 'prospective']]);
    expect((await persons('known-at=2026-03-05&status=active')).persons).toEqual([]);
    const first = await persons('as-of=2026-03-02&limit=1');
    const rest = await persons(`as-of=2026-03-02&after=${first.nextAfter}`);
    const all = await persons('as-of=2026-03-02');
    expect([...first.persons, ...rest.persons]).toEqual(all.persons);
    const html = await (await get('/console/register?known-at=2026-03-05')).text();
    expect(html).toContain(`/console/register/${key}?as-of=2026-03-05&amp;known-at=2026-03-05`);
  });
});

describe('the list of work', () => {
  const asked = async (query: string) =>
    views.QuestionListView.parse(
      await (await fetch(`${house.url}/api/questions?${query}`, { headers: bearer() })).json(),
    );

  test('has the oldest first, page by page', async () => {
    const { asked: all, kinds } = await asked('limit=200');
    expect(all.length).toBeGreaterThan(3);
    expect(all.map(({ since }) => since)).toEqual(all.map(({ since }) => since).toSorted());
    expect(kinds.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
    const paged: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: views.QuestionListView = await asked(`limit=2&after=${after}`);
      paged.push(...page.asked.map(({ personKey, id }) => personKey + id));
      after = page.nextAfter;
    }
    expect(paged).toEqual(all.map(({ personKey, id }) => personKey + id));
  });

  test('is the same after a rebuild, and no question is younger for it', async () => {
    const open = async () =>
      (await asked('limit=200')).asked.flatMap(({ nhsNumber, id, since }) =>
        nhsNumber === null ? [] : [`${since} ${id}`],
      );
    const { pool } = house.database;
    const again = () =>
      rebuild({ pool, ...houseTables(), now: () => new Date(), today: () => '2026-11-21', log: quiet });
    await again(); // some of what is known was given an earlier day above
    const before = await open();
    await again();
    expect(before.length).toBeGreaterThan(3);
    expect(await open()).toEqual(before);
  });

  test('is narrowed to a kind, a council, and what is long open', async () => {
    const ofCouncil = await asked(`council=${BIRMINGHAM}`);
    expect(new Set(ofCouncil.asked.map(({ council: { code } }) => code))).toEqual(new Set([BIRMINGHAM]));
    const [first] = ofCouncil.kinds;
    const ofKind = await asked(`council=${BIRMINGHAM}&kind=${first?.kind}`);
    expect(ofKind.asked).toHaveLength(first?.count ?? -1);
    expect((await asked('openFor=7')).asked.every(({ since }) => Date.parse(since) < Date.now() - 7 * 86_400_000)).toBe(
      true,
    );
    expect((await asked('icb=QUA')).asked).toEqual([]);
  });
});
