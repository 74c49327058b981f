import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Adt, adt, SECTION_3 } from '../scenarios/adt.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { until } from '../support/process.js';
import {
  acknowledgementsFor,
  heldBy,
  type RunningService,
  startTestService,
  untilSettled,
} from '../support/service.js';
import { inventPeople, messagesOf, traces } from './people.js';

const BIRMINGHAM = 'E08000025';
const people = inventPeople(500, 40, [BIRMINGHAM]);

let database: TestDatabase;
let birmingham: FaultyCouncil;
let service: RunningService;

beforeAll(async () => {
  database = await testDatabase();
  birmingham = await startFaultyCouncil('Birmingham');
  service = await startTestService({ databaseUrl: database.url, councils: { [BIRMINGHAM]: birmingham.url } });
});
afterAll(async () => {
  await service.close();
  await birmingham.stop();
  await database.drop();
});

let next = 0;
/** The discharge of somebody who was not played before. */
function discharge(change: Adt | object = {}): Adt {
  const person = people[next++];
  const [first] = person ? messagesOf(person) : [];
  if (!first) throw new Error('nobody is left');
  return { ...first, controlId: `BAD${next}`, ...change };
}

const latin1 = () =>
  Buffer.from(
    adt(discharge()).replace('|P|2.5', '|P|2.5||||||UNICODE UTF-8').replace('Quillfeather', 'Quillfeäther'),
    'latin1',
  );

/** What is sent, what comes back, and what an engineer then finds. */
const CASES: { what: string; bytes: () => Adt | string | Buffer; ack: string; fault: string | null; where: RegExp }[] =
  [
    { what: 'garbage', bytes: () => 'GET / HTTP/1.1\r\n\r\n', ack: 'AR', fault: 'hl7-unreadable', where: /./ },
    { what: 'an empty frame', bytes: () => '\r', ack: 'AR', fault: 'hl7-unreadable', where: /./ },
    {
      what: 'segments without MSH',
      bytes: () => adt(discharge()).split('\r').slice(1).join('\r'),
      ack: 'AR',
      fault: 'hl7-unreadable',
      where: /MSH/,
    },
    {
      what: 'an unknown sender',
      bytes: () => discharge({ sender: 'RZZ' }),
      ack: 'AR',
      fault: 'sender-unknown',
      where: /MSH-[34]/,
    },
    {
      what: 'a message for someone else',
      bytes: () => adt(discharge()).replace('|AB|QHL|', '|AB|QWO|'),
      ack: 'AR',
      fault: 'not-for-us',
      where: /MSH-6/,
    },
    { what: 'another character set than it says', bytes: latin1, ack: 'AA', fault: 'charset-invalid', where: /./ },
    {
      what: 'a day that cannot be',
      bytes: () => discharge({ left: '20260230' }),
      ack: 'AA',
      fault: 'field-invalid',
      where: /PV1-45/,
    },
    {
      what: 'an NHS number that fails its check, and nothing else to know the person by',
      bytes: () => discharge({ nhsNumber: '9990000019', mrn: null }),
      ack: 'AA',
      fault: 'field-invalid',
      where: /PID-3/,
    },
    {
      what: 'a code that is in no table',
      bytes: () => discharge({ destination: 'ZZ' }),
      ack: 'AA',
      fault: 'code-unmapped',
      where: /PV1-37/,
    },
    {
      what: 'a legal status that is in no table',
      bytes: () => discharge({ periods: [{ ...SECTION_3, status: '77' }] }),
      ack: 'AA',
      fault: 'code-unmapped',
      where: /ZMH/,
    },
  ];

async function lastFault(): Promise<Record<string, string> | null> {
  const { rows } = await database.pool.query<{ fault: Record<string, string> | null }>(
    'select fault from messages order by id desc limit 1',
  );
  return rows[0]?.fault ?? null;
}

describe('what a sender may do wrong', () => {
  test.each(CASES)('$what: answered, kept with what, where and next, and the next message is served', async (wrong) => {
    const before = (await heldBy(birmingham.directUrl, 'Flag')).length;
    const [bad] = await acknowledgementsFor(service.mllpPort, [wrong.bytes()]);
    expect(bad).toBe(wrong.ack);
    await untilSettled(database.pool);
    expect(await lastFault()).toMatchObject({
      code: wrong.fault,
      where: expect.stringMatching(wrong.where),
      text: expect.stringMatching(/\w/),
      next: expect.stringMatching(/\w/),
    });

    const [good] = await acknowledgementsFor(service.mllpPort, [discharge()]);
    expect(good).toBe('AA');
    await until(
      async () => (await heldBy(birmingham.directUrl, 'Flag')).length === before + 1,
      'the next person told of',
    );
  });

  test('good and bad in one connection: each has its own answer, in order', async () => {
    next = 0;
    const mixed = CASES.flatMap(({ bytes }) => [bytes(), { ...(messagesOf(people[39] ?? throwNobody())[0] as Adt) }]);
    const codes = await acknowledgementsFor(service.mllpPort, mixed);
    expect(codes).toEqual(CASES.flatMap(({ ack }) => [ack, 'AA']));
  });

  test('half a frame, and one above the limit: others are served meanwhile and after', async () => {
    const half = createConnection(service.mllpPort, '127.0.0.1');
    half.write(`\v${adt({ ...discharge({ controlId: 'HALF' }) }).slice(0, 120)}`);
    const wide = createConnection(service.mllpPort, '127.0.0.1');
    wide.write(`\v${adt(discharge({ controlId: 'WIDE' }))}|${'x'.repeat(70_000)}\x1c\r`);
    const [answer] = (await once(wide, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/MSA\|AR\|WIDE/);
    expect(answer.toString()).toContain('MLLP_MAX_BYTES');
    expect(await acknowledgementsFor(service.mllpPort, [{ ...discharge({ controlId: 'AFTER' }) }])).toEqual(['AA']);
    half.destroy();
    wide.destroy();
    const { rows } = await database.pool.query("select from messages where control_id = 'HALF'");
    expect(rows).toEqual([]);
  });

  test('nothing of anybody was written down on the way', async () => {
    const { rows } = await database.pool.query<{ text: string }>(
      'select fault::text as text from messages where fault is not null',
    );
    const log = service.log.join('\n');
    expect(log).toContain('a message was refused');
    const found = traces(people).filter(
      (trace) => log.includes(trace) || rows.some(({ text }) => text.includes(trace)),
    );
    expect(found).toEqual([]);
  });
});

function throwNobody(): never {
  throw new Error('nobody is left');
}
