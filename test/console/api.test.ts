import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as views from '../../src/console/register-schemas.js';
import * as schemas from '../../src/console/schemas.js';
import { BIRMINGHAM, entry, episode, PLAN } from '../publish/entries.js';
import { bearer, type House, leftHospital, NHS_NUMBER, openHouse, received, refused, registered } from './house.js';

let house: House;
let message: string;
let person: string;
let delivery: string;

beforeAll(async () => {
  house = await openHouse();
  message = await received(house, { controlId: 'M1' }, [leftHospital()]);
  person = await registered(house, entry([episode({ plan: PLAN })]), [`nhs:${NHS_NUMBER}`]);
  delivery = await refused(house, person);
});
afterAll(() => house.close());

const get = async (path: string) => (await fetch(`${house.url}${path}`, { headers: bearer() })).json();
const post = (path: string, body: unknown) =>
  fetch(`${house.url}${path}`, {
    method: 'POST',
    headers: { ...bearer(), 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('what the API answers is what it says it answers', () => {
  test.each([
    { story: 'the overview', path: () => '/api/overview', schema: schemas.OverviewView },
    { story: 'messages', path: () => '/api/messages', schema: schemas.MessageListView },
    { story: 'a message', path: () => `/api/messages/${message}`, schema: schemas.MessageView },
    { story: 'the register', path: () => '/api/register', schema: views.RegisterView },
    { story: 'a person', path: () => `/api/register/${person}`, schema: views.PersonView },
    { story: 'questions', path: () => '/api/questions', schema: views.QuestionListView },
    { story: 'what is due', path: () => '/api/due', schema: views.DueListView },
    { story: 'charges', path: () => '/api/charges', schema: views.ChargeListView },
    { story: 'the audit', path: () => '/api/audit', schema: schemas.AuditListView },
    { story: 'bodies', path: () => '/api/bodies', schema: schemas.BodyListView },
    { story: 'a body', path: () => `/api/bodies/${BIRMINGHAM}`, schema: schemas.BodyView },
    { story: 'deliveries', path: () => '/api/deliveries', schema: schemas.DeliveryListView },
    { story: 'the head of the seals', path: () => '/api/seals/head', schema: schemas.SealHeadView },
    { story: 'a delivery', path: () => `/api/deliveries/${delivery}`, schema: schemas.DeliveryView },
  ])('$story', async ({ path, schema }) => {
    const answer = await get(path());
    expect(schema.strict().parse(answer)).toEqual(answer);
  });

  test('openapi.json names every one of them, and no NHS number has a place in an address', async () => {
    const document = (await get('/openapi.json')) as {
      openapi: string;
      paths: Record<string, Record<string, { parameters: { name: string }[]; responses: object }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/audit',
      '/api/bodies',
      '/api/bodies/{code}',
      '/api/bodies/{code}/pause',
      '/api/bodies/{code}/registers',
      '/api/bodies/{code}/resume',
      '/api/charges',
      '/api/deliveries',
      '/api/deliveries/hand-over',
      '/api/deliveries/{id}',
      '/api/due',
      '/api/facts',
      '/api/messages',
      '/api/messages/search',
      '/api/messages/{id}',
      '/api/overview',
      '/api/questions',
      '/api/register',
      '/api/register/search',
      '/api/register/{key}',
      '/api/seals/head',
    ]);
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    expect(operations.flatMap(({ parameters }) => parameters.map(({ name }) => name))).not.toContain('nhsNumber');
    expect(JSON.stringify(document.paths['/api/register/search'])).toContain('^\\\\d{10}$');
  });
});

describe('one person', () => {
  test('is found by a number in the body, and is told with reasons, facts and versions', async () => {
    const found = views.RegisterView.parse(
      await (await post('/api/register/search', { nhsNumber: NHS_NUMBER })).json(),
    );
    expect(found.persons.map(({ personKey }) => personKey)).toEqual([person]);
    const told = views.PersonView.parse(await get(`/api/register/${person}`));
    expect(told).toMatchObject({
      nhsNumber: NHS_NUMBER,
      status: 'active',
      council: { code: BIRMINGHAM, asWritten: BIRMINGHAM },
    });
    expect(told.facts).toMatchObject([{ kind: 'left-hospital', messageId: message, by: 'RXT', times: 1 }]);
    expect(told.told).toMatchObject([{ body: BIRMINGHAM, recordVersion: 1, state: 'parked', confirmedAt: null }]);
    expect(told.seenBy[0]).toMatchObject({ who: 'operator', action: 'person-seen' });
  });

  test('the message that names them is found the same way', async () => {
    const answer = schemas.MessageListView.parse(
      await (await post('/api/messages/search', { nhsNumber: NHS_NUMBER })).json(),
    );
    expect(answer.messages.map(({ id }) => id)).toEqual([message]);
  });
});

describe('handing over again', () => {
  test('says how many it concerns', async () => {
    const res = await post('/api/deliveries/hand-over', { body: BIRMINGHAM });
    expect([res.status, await res.json()]).toEqual([200, { handedOver: 1 }]);
    expect(house.handedOver).toHaveLength(1);
  });
});

describe('what is wrong', () => {
  test.each([
    { story: 'a body that is no JSON', body: '{"nhsNumber": 9990000018', status: 400 },
    { story: 'a number with a letter', body: { nhsNumber: '999000001X' }, status: 400 },
    { story: 'too much', body: { nhsNumber: '9'.repeat(20_000) }, status: 413 },
  ])('$story: a problem that does not repeat it', async ({ body, status }) => {
    const res = await post('/api/register/search', body);
    expect(res.status).toBe(status);
    expect(res.headers.get('content-type')).toContain('application/problem+json');
    const text = await res.text();
    expect(JSON.parse(text)).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
    expect(text).not.toMatch(/999/);
  });

  test('a query that cannot be names the field', async () => {
    const problem = await get('/api/messages?limit=1000&state=nope');
    expect(problem).toMatchObject({ status: 400, title: 'state is not valid; limit is not valid' });
  });

  test.each(['/api/nowhere', '/api/messages/999999', '/api/deliveries/999999'])('%s is 404', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404 });
  });
});
