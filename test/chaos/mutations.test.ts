import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inventPeople, messagesOf } from '../service/people.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { acknowledgementsFor, type RunningService, startTestService, untilSettled } from '../support/service.js';
import { shake } from './shaken-doors.js';
import { type Sink, startSink } from './sink.js';

const COUNCIL = 'E08000025';
const [SEED, COUNT] = [117, 600];
const [good] = inventPeople(900_000, 1, [COUNCIL]);

let database: TestDatabase;
let council: Sink;
let service: RunningService;
beforeAll(async () => {
  database = await testDatabase();
  council = await startSink();
  service = await startTestService({ databaseUrl: database.url, councils: { [COUNCIL]: council.url } });
});
afterAll(async () => {
  await service.close();
  await council.stop();
  await database.drop();
});

test('messages that went wrong on the way are all answered, none with "we failed", and a good one is served after them', async () => {
  const { sent, answers, hung, failed } = await shake(service, { seed: SEED, count: COUNT });
  expect({ sent, hung, failed }).toEqual({ sent: COUNT, hung: [], failed: [] });
  expect(answers).toMatchObject({ 'mllp AA': expect.any(Number), 'mllp AR': expect.any(Number) });

  const messages = good ? messagesOf(good) : [];
  expect(await acknowledgementsFor(service.mllpPort, messages)).toEqual(messages.map(() => 'AA'));
  await untilSettled(database.pool);
  expect(council.flags()).toContainEqual(expect.objectContaining({ nhsNumber: good?.nhsNumber, status: 'active' }));
  expect(service.log.filter((line) => /"level":[56]0/.test(line))).toEqual([]);
}, 120_000);
