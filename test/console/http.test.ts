import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import type { AppDeps } from '../../src/console/deps.js';
import { Fault } from '../../src/fault.js';
import type { Received } from '../../src/flow/receive.js';
import { bearer, type House, openHouse } from './house.js';

const ACK = Buffer.from('MSH|^~\\&|BRIDGE|QHL|EPR|RXT|20260301||ACK^A03|1|P|2.5\rMSA|AA|M1\r');

describe('HL7 over HTTP', () => {
  const seen: { bytes: Buffer; peer: string }[] = [];
  let answer: Received = { status: 'stored', acknowledgements: [ACK] };
  let house: House;
  beforeAll(async () => {
    house = await openHouse({
      receive: async (bytes, socket) => {
        seen.push({ bytes: Buffer.from(bytes), peer: socket.remoteAddress ?? '' });
        return answer;
      },
    });
  });
  afterAll(() => house.close());

  const post = (body: NonNullable<RequestInit['body']>, type = 'application/hl7-v2') =>
    fetch(`${house.url}/hl7`, { method: 'POST', headers: { 'content-type': type }, body });

  test.each(['application/hl7-v2', 'x-application/hl7-v2+er7', 'text/plain; charset=utf-8'])(
    'a message as %s is taken byte for byte and answered with the acknowledgement',
    async (type) => {
      const bytes = Buffer.from([0x4d, 0x53, 0x48, 0x7c, 0xff, 0x00, 0x0d]);
      const res = await post(bytes, type);
      expect(res.status).toBe(200);
      expect(res.headers.get('content-type')).toContain(type.split(';')[0]);
      expect(Buffer.from(await res.arrayBuffer())).toEqual(ACK);
      expect(seen.at(-1)?.bytes).toEqual(bytes);
      expect(seen.at(-1)?.peer).toContain('127.0.0.1');
    },
  );

  test('what is refused is answered too: the acknowledgement says AR', async () => {
    answer = { status: 'refused', acknowledgements: [Buffer.from('MSA|AR|M1\r')] };
    const res = await post('MSH|');
    expect([res.status, await res.text()]).toEqual([200, 'MSA|AR|M1\r']);
  });

  test('what could not be stored is 503 with the AE, so that the sender sends again', async () => {
    answer = { status: 'failed', acknowledgements: [Buffer.from('MSA|AE|M1\r')] };
    const res = await post('MSH|');
    expect([res.status, await res.text()]).toEqual([503, 'MSA|AE|M1\r']);
    expect(res.headers.get('retry-after')).toBe('5');
  });

  test('a sender who wants no acknowledgement gets none', async () => {
    answer = { status: 'stored', acknowledgements: [] };
    expect((await post('MSH|')).status).toBe(204);
  });

  test('another content type and too much are not received; nothing at all is refused as any receiver would', async () => {
    const before = seen.length;
    expect((await post('{}', 'application/json')).status).toBe(415);
    const tooMuch = await post('x'.repeat(2_049));
    expect(tooMuch.status).toBe(413);
    expect(await tooMuch.text()).toContain('MSA|AR|');
    expect(seen).toHaveLength(before);
    await post('');
    expect(seen.at(-1)?.bytes).toHaveLength(0);
    expect((await post('x'.repeat(2_048))).status).toBe(204);
    expect(seen).toHaveLength(before + 2);
  });

  test('a process that does not listen has no such address', async () => {
    const other = await openHouse({ roles: ['console'] });
    try {
      const res = await fetch(`${other.url}/hl7`, {
        method: 'POST',
        headers: { ...bearer(), 'content-type': 'text/plain' },
        body: 'MSH|',
      });
      expect(res.status).toBe(404);
    } finally {
      await other.close();
    }
  });
});

describe('health', () => {
  test('names each part, and says 503 when one is down', async () => {
    const house = await openHouse({
      checks: {
        mllp: async () => {
          throw new Fault({ code: 'system-unreachable', where: 'mllp', text: 'down', next: 'start it' });
        },
      },
    });
    try {
      const res = await fetch(`${house.url}/health/ready`);
      expect(res.status).toBe(503);
      expect(await res.json()).toEqual({
        status: 'not-ready',
        parts: {
          database: { status: 'up', needed: true },
          queue: { status: 'up', needed: true },
          mllp: { status: 'down', needed: true },
        },
      });
      expect(await (await fetch(`${house.url}/console`, { headers: bearer() })).text()).toContain('start it');
    } finally {
      await house.close();
    }
  });

  test('without its database the service is alive and not ready, and a page says what next', async () => {
    const gone = new Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/gone' });
    const house = await openHouse({ pool: gone });
    try {
      expect((await fetch(`${house.url}/health/live`)).status).toBe(200);
      const ready = await fetch(`${house.url}/health/ready`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({ status: 'not-ready', parts: { database: { status: 'down' } } });
      const page = await fetch(`${house.url}/console/messages`, { headers: { ...bearer(), accept: 'text/html' } });
      expect(page.status).toBe(503);
      expect(await page.text()).toContain('the database does not answer');
      expect((await fetch(`${house.url}/api/messages`, { headers: bearer() })).status).toBe(503);
    } finally {
      await house.close();
      await gone.end();
    }
  });

  test.each<{ roles: AppDeps['roles']; status: number; story: string }>([
    { roles: ['listen'], status: 200, story: 'messages are taken all the same' },
    { roles: ['console'], status: 200, story: 'people can look at what is wrong' },
    { roles: ['listen', 'console'], status: 200, story: 'nothing that it does is missing' },
    { roles: ['listen', 'work', 'console'], status: 503, story: 'a third of it does nothing' },
    { roles: ['work'], status: 503, story: 'it does nothing' },
  ])('while the queue is away a process for $roles says $status: $story', async ({ roles, status }) => {
    const away = async () => {
      throw new Error('no connection');
    };
    const house = await openHouse({ roles, queues: { counts: away } });
    try {
      const ready = await fetch(`${house.url}/health/ready`);
      expect(ready.status).toBe(status);
      expect(await ready.json()).toMatchObject({ parts: { database: { status: 'up' }, queue: { status: 'down' } } });
    } finally {
      await house.close();
    }
  });

  test('a process that only works has health and metrics, and no console', async () => {
    const house = await openHouse({ roles: ['work'] });
    try {
      const status = async (path: string) =>
        (await fetch(`${house.url}${path}`, { headers: bearer(), redirect: 'manual' })).status;
      expect(await status('/health/ready')).toBe(200);
      expect(await status('/metrics')).toBe(200);
      expect(await status('/console')).toBe(404);
      expect(await status('/api/overview')).toBe(404);
    } finally {
      await house.close();
    }
  });
});
