import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { attemptCounter } from '../../src/console/attempts.js';
import type { Who } from '../../src/console/deps.js';
import { sessionsOf } from '../../src/console/session.js';
import { operatorToken } from '../../src/console/token.js';
import { bearer, type House, openHouse, TOKEN } from './house.js';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const ask = (path: string, init: RequestInit = {}) => fetch(`${house.url}${path}`, { redirect: 'manual', ...init });
const signIn = (fields: Record<string, string>, headers: Record<string, string> = { origin: house.url }) =>
  ask('/console/sign-in', { method: 'POST', headers, body: new URLSearchParams(fields) });
const cookieOf = (res: Response) => res.headers.getSetCookie()[0] ?? '';
const cookiePair = (res: Response) => cookieOf(res).split(';')[0] ?? '';

describe('the door', () => {
  test.each([
    '/console',
    '/console/messages',
    '/console/register',
    '/console/questions',
    '/console/due',
    '/console/bodies',
    '/console/deliveries',
    '/console/audit',
    '/console/queues',
    '/',
  ])('%s sends a stranger to the sign-in', async (path) => {
    const res = await ask(path);
    expect(res.status).toBe(303);
    expect(res.headers.get('location')).toMatch(/^\/console\/sign-in\?next=%2Fconsole/);
  });

  test.each(['/api/overview', '/api/register', '/api/messages', '/metrics', '/openapi.json'])(
    '%s is refused to a stranger, and says how to come in',
    async (path) => {
      const res = await ask(path);
      expect(res.status).toBe(401);
      expect(res.headers.get('www-authenticate')).toBe('Bearer');
      expect(res.headers.get('content-type')).toContain('application/problem+json');
      expect(await res.json()).toMatchObject({ status: 401, title: 'you are not signed in' });
    },
  );

  test('a stranger changes nothing', async () => {
    for (const path of ['/console/deliveries/hand-over', '/api/deliveries/hand-over', '/console/register/search']) {
      expect((await ask(path, { method: 'POST' })).status).toBe(401);
    }
  });

  test('health needs no sign-in', async () => {
    expect((await ask('/health/live')).status).toBe(200);
    expect((await ask('/health/ready')).status).toBe(200);
  });

  test('a wrong bearer token is refused, the right one is let in', async () => {
    expect((await ask('/api/overview', { headers: bearer(`${TOKEN}x`) })).status).toBe(401);
    expect((await ask('/api/overview', { headers: bearer() })).status).toBe(200);
  });
});

describe('signing in by hand', () => {
  test('the cookie is out of reach of scripts and other sites, and does not hold the token', async () => {
    const res = await signIn({ token: TOKEN, name: 'Sam Example', next: '/console/messages' });
    expect(res.status).toBe(303);
    expect(res.headers.get('location')).toBe('/console/messages');
    expect(cookieOf(res)).toMatch(/HttpOnly/);
    expect(cookieOf(res)).toMatch(/SameSite=Strict/);
    expect(cookieOf(res)).not.toContain(TOKEN);
    const page = await (await ask('/console', { headers: { cookie: cookiePair(res) } })).text();
    expect(page).toContain('Signed in: Sam Example, operator');
  });

  test('behind a proxy on this machine that speaks TLS the cookie is for TLS only', async () => {
    const res = await signIn({ token: TOKEN }, { origin: house.url, 'x-forwarded-proto': 'https' });
    expect(cookieOf(res)).toMatch(/Secure/);
  });

  test('a wrong token gives the form again and no cookie', async () => {
    const res = await signIn({ token: 'not it' });
    expect(res.status).toBe(401);
    expect(res.headers.getSetCookie()).toEqual([]);
    expect(await res.text()).toContain('This is not the operator token');
  });

  test('a cookie that somebody has changed is worth nothing', async () => {
    const pair = cookiePair(await signIn({ token: TOKEN, name: 'Sam' }));
    const forged = pair.replace(
      /=[^.]+/,
      `=${Buffer.from('{"name":"Eve","until":99999999999}').toString('base64url')}`,
    );
    expect((await ask('/console', { headers: { cookie: forged } })).status).toBe(303);
    expect((await ask('/console', { headers: { cookie: 'aftercare_session=' } })).status).toBe(303);
  });

  test.each(['https://elsewhere.example/', '//elsewhere.example', '/console/../x', '/console/sign-out'])(
    'after signing in nobody is led to %s',
    async (next) => {
      expect((await signIn({ token: TOKEN, next })).headers.get('location')).toBe('/console');
    },
  );

  test('signing out takes the cookie back', async () => {
    const res = await ask('/console/sign-out', { method: 'POST', headers: { origin: house.url } });
    expect(res.headers.get('location')).toBe('/console/sign-in');
    expect(cookieOf(res)).toMatch(/aftercare_session=;.*Max-Age=0/);
  });
});

describe('other sites', () => {
  test('a form of another site is refused, also with our cookie', async () => {
    const cookie = cookiePair(await signIn({ token: TOKEN }));
    const signs: [string, string][] = [
      ['origin', 'https://elsewhere.example'],
      ['origin', 'null'],
      ['sec-fetch-site', 'cross-site'],
    ];
    for (const sign of signs) {
      const headers = [['cookie', cookie] satisfies [string, string], sign];
      const res = await ask('/console/deliveries/hand-over', { method: 'POST', headers });
      expect(res.status).toBe(403);
    }
  });

  test('nor may a page of another site send messages in', async () => {
    const headers = { 'content-type': 'text/plain', origin: 'https://elsewhere.example' };
    expect((await ask('/hl7', { method: 'POST', headers, body: 'MSH|' })).status).toBe(403);
  });

  test('nothing is loaded from elsewhere, no script but ours runs, nobody frames us, no page is kept', async () => {
    const res = await ask('/console', { headers: bearer() });
    const policy = res.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|nonce|https?:|data:/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(res.headers.get('cache-control')).toBe('no-store');
  });
});

describe('without sign-in, on one machine', () => {
  test('everything is open to this machine, and nothing to a name that points at it', async () => {
    const open = await openHouse({ token: null });
    try {
      expect((await fetch(`${open.url}/console`)).status).toBe(200);
      const { port } = new URL(open.url);
      const status = await new Promise((resolve, reject) => {
        request({ port, host: '127.0.0.1', path: '/console', headers: { host: 'rebound.example' } }, (res) => {
          res.resume();
          resolve(res.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status).toBe(403);
    } finally {
      await open.close();
    }
  });
});

describe('sessions', () => {
  const at = (text: string) => new Date(text);
  const { issue, whoIn } = sessionsOf(TOKEN);
  const SAM: Who = { name: 'Sam', role: 'officer' };

  test('last a shift', () => {
    const cookie = issue(SAM, at('2026-11-21T08:00:00Z'));
    expect(whoIn(cookie, at('2026-11-21T15:59:00Z'))).toEqual(SAM);
    expect(whoIn(cookie, at('2026-11-21T16:01:00Z'))).toBeNull();
  });

  test('end with the token that made them', () => {
    const cookie = issue(SAM, at('2026-11-21T08:00:00Z'));
    expect(sessionsOf('another-token-entirely-made').whoIn(cookie, at('2026-11-21T08:01:00Z'))).toBeNull();
  });

  test('of garbage are none', () => {
    for (const cookie of ['', '.', 'a.b', 'a.b.c', '%%%']) expect(whoIn(cookie, at('2026-11-21T08:00:00Z'))).toBeNull();
  });
});

describe('searching for a token', () => {
  const start = new Date('2026-11-21T08:00:00Z');
  const later = (ms: number) => new Date(start.getTime() + ms);

  test('an address that was wrong too often waits, another does not', () => {
    const attempts = attemptCounter({ failures: 3, windowMs: 60_000 });
    for (let n = 0; n < 3; n += 1) attempts.failed('10.0.0.1', start);
    expect(attempts.waitSeconds('10.0.0.1', later(20_000))).toBe(40);
    expect(attempts.waitSeconds('10.0.0.2', later(20_000))).toBe(0);
    expect(attempts.waitSeconds('10.0.0.1', later(60_000))).toBe(0);
  });

  test('the eleventh wrong token in a minute is not even looked at', async () => {
    const busy = await openHouse({ now: () => start });
    try {
      const statuses: number[] = [];
      for (let n = 0; n < 11; n += 1) {
        statuses.push((await fetch(`${busy.url}/api/overview`, { headers: bearer('wrong') })).status);
      }
      expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    } finally {
      await busy.close();
    }
  });
});

test('at the form, too, who was wrong too often waits; who knows the token does not', async () => {
  const busy = await openHouse({ now: () => new Date('2026-11-21T08:00:00Z') });
  const typed = (token: string) =>
    fetch(`${busy.url}/console/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ token }) });
  try {
    for (let n = 0; n < 10; n += 1) expect((await typed('wrong')).status).toBe(401);
    const res = await typed('wrong');
    expect([res.status, res.headers.get('retry-after')]).toEqual([429, '60']);
    expect(await res.text()).toContain('Try again in 60 seconds');
    expect((await typed(TOKEN)).status).toBe(303);
  } finally {
    await busy.close();
  }
});

describe('the operator token', () => {
  let parent = '';
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'aftercare-token-'));
  });
  afterEach(() => rm(parent, { recursive: true }));

  test('is made once, for the service account alone, and read again', async () => {
    const folder = join(parent, 'data');
    const token = operatorToken(folder);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(operatorToken(folder)).toBe(token);
    expect((await stat(join(folder, 'operator-token'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'operator-token'), 'utf8')).toBe(`${token}\n`);
  });

  test('that somebody has emptied stops the start and says what to do', async () => {
    await writeFile(join(parent, 'operator-token'), '\n');
    expect(() => operatorToken(parent)).toThrow(/fewer than 20 characters — delete the file/);
  });
});
