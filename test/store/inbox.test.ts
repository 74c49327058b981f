import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type InboxStore, inboxStore } from '../../src/store/inbox.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { incoming } from './messages.js';

let database: TestDatabase;
let inbox: InboxStore;

beforeAll(async () => {
  database = await testDatabase();
  inbox = inboxStore(database.pool);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('truncate messages, message_contents, interpretations, mentions restart identity cascade');
});

const accept = async (...messages: ReturnType<typeof incoming>[]) => inbox.acceptBatch(messages);
const waiting = async (limits: { limit?: number; bytes?: number; upTo?: string } = {}) =>
  (await inbox.pending({ limit: 10, bytes: 1_000_000, ...limits })).map(({ id }) => id);
const repeatsOf = async (id: string) => (await inbox.get(id))?.repeats;

describe('what waits to be interpreted', () => {
  test('is taken oldest first, of large messages only as many as fit, but always one', async () => {
    const large = (controlId: string) => incoming({ controlId, content: Buffer.alloc(1_000, 'x') });
    const ids = (await accept(large('M1'), large('M2'), large('M3'))).map(({ id }) => id);
    expect(await waiting()).toEqual(ids);
    expect(await waiting({ limit: 2 })).toEqual(ids.slice(0, 2));
    expect(await waiting({ bytes: 1_500 })).toEqual(ids.slice(0, 2));
    expect(await waiting({ bytes: 1 })).toEqual(ids.slice(0, 1));
    expect(await waiting({ upTo: ids[1] ?? '' })).toEqual(ids.slice(0, 2));
  });
});

describe('what came before', () => {
  test('a new message is stored with its bytes as they came', async () => {
    const message = incoming({ content: Buffer.from([0x4d, 0x00, 0xe9, 0xff]) });
    const [first] = await accept(message);
    expect(first).toMatchObject({ outcome: 'stored', state: 'received', ack: 'AA', fault: null });
    expect((await inbox.get(first?.id ?? ''))?.content).toEqual(message.content);
  });

  test('a trust resends after a lost acknowledgement: one message, one repeat, the same answer', async () => {
    const [first] = await accept(incoming());
    const [again] = await accept(incoming({ peer: '10.0.0.9' }));
    expect(again).toMatchObject({ id: first?.id, outcome: 'repeat', state: 'received', ack: 'AA' });
    expect(await repeatsOf(first?.id ?? '')).toBe(1);
  });

  test('the same control ID and time with other content is kept, parked and not interpreted', async () => {
    const [first] = await accept(incoming());
    const [other] = await accept(incoming({ text: 'somebody else' }));
    expect(other).toMatchObject({ outcome: 'reused', state: 'parked', fault: { code: 'control-id-reused' } });
    expect(other?.id).not.toBe(first?.id);
    expect(await waiting()).toEqual([first?.id]);
  });

  test('a repeat of the parked one is a repeat of it, and of the first still one of the first', async () => {
    const [first] = await accept(incoming());
    const [other] = await accept(incoming({ text: 'somebody else' }));
    const again = await accept(incoming({ text: 'somebody else' }), incoming());
    expect(again.map(({ id, outcome, state }) => ({ id, outcome, state }))).toEqual([
      { id: other?.id, outcome: 'repeat', state: 'parked' },
      { id: first?.id, outcome: 'repeat', state: 'received' },
    ]);
  });

  test('a counter that restarted is a new message: same control ID, another time', async () => {
    const [first, second] = await accept(incoming(), incoming({ sentAt: '20260401100000', text: 'april' }));
    expect([first?.outcome, second?.outcome]).toEqual(['stored', 'stored']);
  });

  test('a sender who was let in later may send again what was rejected', async () => {
    const fault = { code: 'sender-unknown' as const, where: 'MSH-4', text: 'unknown', next: 'add it to the site file' };
    const rejected = incoming({ state: 'rejected', ack: 'AR', content: null, fault });
    const [first, repeated] = [...(await accept(rejected)), ...(await accept(rejected))];
    expect([first?.outcome, repeated?.outcome]).toEqual(['stored', 'repeat']);
    const [later] = await accept(incoming());
    expect(later).toMatchObject({ outcome: 'stored', state: 'received' });
  });
});

describe('batches', () => {
  test('duplicates within one batch are repeats, reuse within one batch is found, each in its place', async () => {
    const results = await accept(
      incoming(),
      incoming({ controlId: 'M2' }),
      incoming(),
      incoming({ text: 'other' }),
      incoming({ text: 'other' }),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['stored', 'stored', 'repeat', 'reused', 'repeat']);
    expect(results[2]?.id).toBe(results[0]?.id);
    expect(results[4]?.id).toBe(results[3]?.id);
  });

  test('a header with bytes that the database cannot hold harms no neighbour', async () => {
    const hostile = 'x\0\ud800'.repeat(2_000);
    const results = await accept(
      incoming({ sender: hostile, application: hostile, controlId: hostile, sentAt: hostile, peer: hostile }),
      incoming({ controlId: 'M2' }),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['stored', 'stored']);
  });

  test('very long control IDs that begin alike are different messages', async () => {
    const long = 'M'.repeat(5_000);
    const results = await accept(incoming({ controlId: `${long}1` }), incoming({ controlId: `${long}2` }));
    expect(results.map(({ outcome }) => outcome)).toEqual(['stored', 'stored']);
  });

  test('an empty batch asks nothing', async () => {
    expect(await accept()).toEqual([]);
  });

  test('however a stream is cut into batches, the inbox holds the same', async () => {
    const arbitrary = fc.record({ controlId: fc.constantFrom('M1', 'M2', 'M3'), text: fc.constantFrom('a', 'b', 'c') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitrary, { maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        async (stream, size) => {
          await database.pool.query(
            'truncate messages, message_contents, interpretations, mentions restart identity cascade',
          );
          const messages = stream.map((one) => incoming(one));
          const seen = new Set<string>();
          for (let at = 0; at < messages.length; at += size) {
            const batch = messages.slice(at, at + size);
            const results = await inbox.acceptBatch(batch);
            batch.forEach(({ controlId, digest }, index) => {
              const first = !seen.has(controlId);
              const known = seen.has(`${controlId} ${digest.toString('hex')}`);
              seen.add(controlId).add(`${controlId} ${digest.toString('hex')}`);
              expect(results[index]?.outcome).toBe(first ? 'stored' : known ? 'repeat' : 'reused');
            });
          }
          const { rows } = await database.pool.query(
            'select coalesce(sum(1 + repeats), 0)::int as arrived from messages',
          );
          expect(rows[0].arrived).toBe(stream.length);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('several listeners at once', () => {
  test('the same message at the same moment: one is stored, all get its answer', async () => {
    const results = await Promise.all(Array.from({ length: 12 }, () => accept(incoming())));
    const flat = results.flat();
    expect(flat.filter(({ outcome }) => outcome === 'stored')).toHaveLength(1);
    expect(new Set(flat.map(({ id }) => id)).size).toBe(1);
    expect(await repeatsOf(flat[0]?.id ?? '')).toBe(11);
  });

  test('one control ID with other content from each: one first, each other parked once', async () => {
    const texts = ['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd'];
    const results = (await Promise.all(texts.map((text) => accept(incoming({ text }))))).flat();
    const outcomes = results.map(({ outcome }) => outcome).sort();
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'reused')).toHaveLength(3);
    expect(outcomes.filter((outcome) => outcome === 'repeat')).toHaveLength(4);
  });

  test('the same batch in opposite orders never ends in a deadlock', async () => {
    const batch = Array.from({ length: 1_000 }, (_, n) =>
      incoming({ controlId: `M${n % 500}`, text: n < 500 ? 'x' : 'y' }),
    );
    const rounds = Array.from({ length: 6 }, (_, n) => inbox.acceptBatch(n % 2 === 0 ? batch : [...batch].reverse()));
    await expect(Promise.all(rounds)).resolves.toHaveLength(6);
    const { rows } = await database.pool.query(
      'select sum(1 + repeats)::int as arrived, count(*)::int as stored from messages',
    );
    expect(rows[0]).toEqual({ arrived: 6_000, stored: 1_000 });
  });
});

describe('looking things up', () => {
  test('newest first, by state, sender and control ID, page by page', async () => {
    await accept(
      incoming(),
      incoming({ controlId: 'M2' }),
      incoming({ controlId: 'M3', sender: 'RXQ' }),
      incoming({ text: 'other' }),
    );
    const ids = async (filter: object) =>
      (await inbox.search({ limit: 10, ...filter })).map(({ controlId }) => controlId);
    expect(await ids({})).toEqual(['M1', 'M3', 'M2', 'M1']);
    expect(await ids({ states: ['parked'] })).toEqual(['M1']);
    expect(await ids({ sender: 'RXQ' })).toEqual(['M3']);
    expect(await ids({ controlId: 'M2' })).toEqual(['M2']);
    const [newest] = await inbox.search({ limit: 1 });
    expect(await ids({ before: newest?.id })).toEqual(['M3', 'M2', 'M1']);
  });
});
