import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openQueues, type Queues } from '../../src/flow/queues.js';
import { type OwnServer, startOwnServer } from '../chaos/own-server.js';
import { bearer, type House, openHouse } from './house.js';

let dataDir: string;
let server: OwnServer;
let queues: Queues;
let house: House;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aftercare-board-'));
  server = await startOwnServer(dataDir);
  queues = await openQueues({ databaseUrl: server.url, log: { warn: () => undefined } });
});
afterAll(async () => {
  await house.close();
  await queues.close();
  await server.stop();
  await rm(dataDir, { recursive: true });
});

test('the dashboard of the queues answers again after the database of the queues was away', async () => {
  await server.stop();
  house = await openHouse({ queues });
  expect((await look()).status).toBe(503);
  await server.start();
  const answer = await look();
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ queues: [{ name: 'interpret' }, { name: 'fold' }, {}, {}] });
});

const look = (): Promise<Response> => fetch(`${house.url}/console/queues/api/queues`, { headers: bearer() });
