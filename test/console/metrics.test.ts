import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { parse } from 'yaml';
import { entry, episode } from '../publish/entries.js';
import { HOME, SECTION_3 } from '../scenarios/adt.js';
import { startCouncilProcess } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { until } from '../support/process.js';
import { acknowledgementsFor, untilSettled } from '../support/service.js';
import { startWatchedService, type WatchedService } from '../watch/service.js';
import { bearer, openHouse, received, registered } from './house.js';

const BIRMINGHAM = 'E08000025';

let database: TestDatabase;
let council: { url: string; stop(): Promise<void> };
let service: WatchedService;

beforeAll(async () => {
  [database, council] = await Promise.all([testDatabase(), startCouncilProcess('Birmingham')]);
  service = await startWatchedService({ databaseUrl: database.url, councils: { [BIRMINGHAM]: council.url } });
});
afterAll(async () => {
  await service.close();
  await council.stop();
  await database.drop();
});

const scrape = async (url = service.url): Promise<string> =>
  (await fetch(`${url}/metrics`, { headers: bearer() })).text();
const exported = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) => [name, ...partsOf(name, type)]),
  );
const partsOf = (name: string, type = ''): string[] =>
  type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [];

/** Names in an expression of Prometheus: what is no label, no function and no keyword. */
const namesIn = (expression: string): string[] => [
  ...new Set(expression.match(/\b(?:aftercare|nodejs|process)_[a-z0-9_]+/g) ?? []),
];

describe('the rules and the dashboard that come with the service', () => {
  const rules: { groups: { rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[] } = parse(
    readFileSync('docs/monitoring/prometheus-rules.yml', 'utf8'),
  );
  const dashboard: { panels: { title: string; targets?: { expr: string }[] }[] } = JSON.parse(
    readFileSync('docs/monitoring/grafana-dashboard.json', 'utf8'),
  );
  const alerts = rules.groups.flatMap((group) => group.rules);
  const targets = dashboard.panels.flatMap(({ title, targets: of = [] }) => of.map(({ expr }) => ({ title, expr })));

  test('every metric that they name is exported by a running service', async () => {
    const names = exported(await scrape());
    const missing = [...alerts.map(({ alert: title, expr }) => ({ title, expr })), ...targets].flatMap(
      ({ title, expr }) =>
        namesIn(expr)
          .filter((name) => !names.has(name))
          .map((name) => `${title}: ${name}`),
    );
    expect(missing).toEqual([]);
    expect(targets.length).toBeGreaterThan(20);
  });

  test('every rule says what to do next, and the page explains it', () => {
    const page = readFileSync('docs/monitoring.md', 'utf8');
    for (const { alert, annotations } of alerts) {
      expect([alert, annotations.next]).toEqual([alert, expect.stringMatching(/\w/)]);
      expect(page).toContain(`\`${alert}\``);
    }
  });
});

test('a message is followed in the figures from the socket to the council', async () => {
  const home = { ...HOME, periods: [{ ...SECTION_3, council: `${BIRMINGHAM}^^^GSS` }] };
  expect(
    await acknowledgementsFor(service.mllpPort, [home, 'MSH|^~\\&|EPR|ZZZ|AB|QHL|20260301||ADT^A03|X1|P|2.5\r']),
  ).toEqual(['AA', 'AR']);
  await untilSettled(database.pool);
  const lines = [
    'aftercare_messages_received_total{sender="RXT",application=""} 1',
    'aftercare_messages_rejected_total{sender="unknown",application=""} 1',
    'aftercare_messages_settled_total{sender="RXT",application="",outcome="interpreted"} 1',
    'aftercare_accept_seconds_count{transport="mllp",outcome="stored"} 1',
    'aftercare_accept_seconds_count{transport="mllp",outcome="refused"} 1',
    `aftercare_delivery_attempts_total{body="${BIRMINGHAM}",result="confirmed"} 1`,
    `aftercare_delivery_seconds_count{body="${BIRMINGHAM}"} 1`,
    `aftercare_deliveries_waiting{body="${BIRMINGHAM}"} 0`,
    `aftercare_oldest_undelivered_seconds{body="${BIRMINGHAM}"} 0`,
    'aftercare_entries{status="active"} 1',
    'aftercare_entries_folded_otherwise 0',
    'aftercare_database_up 1',
  ];
  // Each figure is read as often as it is cheap, so they follow one after another.
  let text = '';
  const missing = () => lines.filter((line) => !text.split('\n').includes(line));
  await until(
    async () => {
      text = await scrape();
      return missing().length === 0;
    },
    'every figure',
    50_000,
  ).catch(() => undefined);
  expect(missing()).toEqual([]);
  expect(text).toMatch(/^aftercare_build_info\{version="\d+\.\d+\.\d+",node="\d+/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
  expect(text).toMatch(/^aftercare_database_connections\{state="idle"\} \d/m);
  expect(text).toMatch(/^aftercare_disk_free_bytes \d/m);
  expect(text).not.toMatch(/ZZZ|Example|9990000018/);
}, 90_000);

test('what waits is counted, and neither a person nor what a stranger wrote into MSH-4 is named', async () => {
  const house = await openHouse();
  try {
    await received(house, { controlId: 'M1' });
    await received(house, { controlId: 'M2', sender: 'EXAMPLE ALEX', state: 'rejected', content: null, ack: 'AR' });
    await registered(house, entry([episode()]), ['nhs:9990000018']);
    const text = await scrape(house.url);
    expect(text).toContain('aftercare_messages_waiting 1');
    expect(text).toContain('aftercare_deliveries_waiting{body="E08000025"} 1');
    expect(text).toMatch(/aftercare_oldest_uninterpreted_seconds \d/);
    expect(text).not.toMatch(/9990000018|EXAMPLE/i);
  } finally {
    await house.close();
  }
});

test('while the database is away the process still tells of itself, and old figures are not told as new', async () => {
  const gone = new Pool({ connectionString: 'postgres://127.0.0.1:9/none', connectionTimeoutMillis: 500 });
  const house = await openHouse({ pool: gone });
  try {
    const text = await scrape(house.url);
    expect(text).toContain('aftercare_database_up 0');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(text).not.toMatch(/^aftercare_oldest_undelivered_seconds\{/m);
  } finally {
    await gone.end();
    await house.close();
  }
});

test('scrapes read no large table from end to end, with a hundred thousand messages', async () => {
  const house = await openHouse();
  try {
    const { pool } = house.database;
    await pool.query(
      `insert into messages (transport, state, peer, sender, application, control_id, sent_at, message_code, trigger,
                             ack, digest)
       select 'mllp', 'interpreted', '', 'RXT', 'EPR', 'M' || i, '', 'ADT', 'A08', 'AA', ''
         from generate_series(1, 100000) as i`,
    );
    await pool.query('analyze messages');
    const own = new Pool({ connectionString: house.database.url, max: 1 });
    const looker = await openHouse({ pool: own });
    const scans = async () => {
      await own.query('select pg_stat_force_next_flush()');
      const { rows } = await own.query(
        "select relname, seq_scan from pg_stat_user_tables where relname in ('messages', 'interpretations') order by relname",
      );
      return rows;
    };
    const before = await scans();
    expect(await scrape(looker.url)).toContain('aftercare_database_up 1');
    expect(await scans()).toEqual(before);
    await looker.close();
    await own.end();
  } finally {
    await house.close();
  }
});
