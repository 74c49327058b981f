import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { until } from '../support/process.js';
import { heldBy, untilSettled } from '../support/service.js';
import { type Installation, install } from './killable.js';
import { inventPeople, messagesOf, sendUntilAcknowledged } from './people.js';

const BIRMINGHAM = 'E08000025';
const DIES_AT = join(tmpdir(), `aftercare-dies-${process.pid}`);
const DYING = fileURLToPath(new URL('./dying-thread.cjs', import.meta.url));

let council: FaultyCouncil;
let installation: Installation;
beforeAll(async () => {
  council = await startFaultyCouncil('Birmingham');
  installation = await install({ [BIRMINGHAM]: council.url }, { NODE_OPTIONS: `--require="${DYING}"`, DIES_AT });
}, 60_000);
afterAll(async () => {
  await installation?.close();
  await council?.stop();
});

const ready = async (): Promise<unknown> => (await fetch(`${installation.url}/health/ready`)).json();

test('the thread that works dies: messages are taken meanwhile, it is started again with the site file of the start, and everybody is told', async () => {
  expect(await ready()).toMatchObject({ status: 'ready', parts: { work: { status: 'up' } } });

  // It goes on with what the process read at its start, like the doors.
  await writeFile(installation.siteFile, 'senders: none of this can be used');
  await writeFile(DIES_AT, '');
  await until(async () => ((await ready()) as { status: string }).status === 'not-ready', 'the thread to be missed');
  const people = inventPeople(1, 12, [BIRMINGHAM]);
  const acknowledged = new Set<string>();
  await sendUntilAcknowledged(installation.mllpPort, people, acknowledged);
  expect(acknowledged.size).toBe(people.flatMap(messagesOf).length);

  await until(async () => ((await ready()) as { status: string }).status === 'ready', 'another thread');
  await untilSettled(installation.pool);
  expect(await heldBy(council.directUrl, 'Flag')).toHaveLength(people.length);
  // What it was and where it came from; what it says could quote a message.
  expect(await installation.writtenDown()).toMatch(
    /"name":"Error","stack":\["at .*dying-thread.*"msg":"the work has ended and is started again"/,
  );
});

test('what its attempts at councils came to is counted where the process is asked', async () => {
  const metrics = await (await fetch(`${installation.url}/metrics`)).text();
  const confirmed = /aftercare_delivery_attempts_total\{body="E08000025",result="confirmed"\} (\d+)/.exec(metrics);
  expect(Number(confirmed?.[1])).toBeGreaterThanOrEqual(12);
});
