import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evidenceCommand } from '../../src/commands/evidence.js';
import { rebuildCommand } from '../../src/commands/rebuild.js';
import { registerCommand } from '../../src/commands/register.js';
import { replayCommand } from '../../src/commands/replay.js';
import { terminalText } from '../../src/commands/terminal-text.js';
import { verifyCommand } from '../../src/commands/verify.js';
import type { EvidenceData } from '../../src/evidence/data.js';
import { type EvidenceDocument, takeApart } from '../../src/evidence/document.js';
import { verify } from '../../src/evidence/verify.js';
import { contextOf, run, type Said } from '../commands/terminal.js';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { startCli, until } from '../support/process.js';
import {
  acknowledgementsFor,
  type RunningService,
  startTestService,
  stateFacts,
  untilSettled,
} from '../support/service.js';

const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';
const LATE = '9990000034';
const MOVED = '9990000069';
const WITHOUT_SECTION: Adt = {
  ...HOME,
  nhsNumber: LATE,
  mrn: 'L3',
  visit: 'V3',
  family: 'Łódź-O’Neill 山田',
  periods: [],
};

let database: TestDatabase;
let councils: FaultyCouncil[];
let service: RunningService;
let folder: string;

beforeAll(async () => {
  database = await testDatabase();
  councils = await Promise.all([startFaultyCouncil('Birmingham'), startFaultyCouncil('Solihull')]);
  folder = await mkdtemp(join(tmpdir(), 'aftercare-evidence-'));
  const [birmingham, solihull] = councils.map(({ url }) => url);
  service = await startTestService({
    databaseUrl: database.url,
    councils: { [BIRMINGHAM]: birmingham ?? '', [SOLIHULL]: solihull ?? '' },
    times: { sealMs: 100 },
  });
  await tell(
    // discharged, charged, and only then the section 3 is told: late, with another council than the officers determine
    WITHOUT_SECTION,
    { trigger: 'A28', sentAt: '20260301120000', nhsNumber: PERSON, mrn: 'L1' },
  );
  await state({ kind: 'charge', from: '2026-04-01', to: null, amountPerWeek: '120.50', for: 'residential care' });
  await tell(
    { ...WITHOUT_SECTION, trigger: 'A08', sentAt: '20260311090000', periods: [{ ...SECTION_3, id: 'P3' }] },
    { ...HOME, trigger: 'A03', periods: [{ ...SECTION_3, id: 'P1' }] },
    { ...HOME, nhsNumber: OTHER, mrn: 'L2', visit: 'V2', periods: [{ ...SECTION_3, id: 'P2' }] },
  );
  await tell({ trigger: 'A40', sentAt: '20260702090000', mergedAway: { nhsNumber: OTHER, mrn: 'L2' } });
  await state({
    kind: 'council-determined',
    effectiveOn: '2026-03-01',
    council: SOLIHULL,
    standing: 'agreed',
    basis: 'ordinarily-resident-before-detention',
  });
  await state({
    kind: 'plan',
    agreedOn: '2026-03-20',
    lead: { name: 'A Lead', role: 'social worker' },
    needs: [
      { text: 'a home', services: [{ text: '</script><b>a flat</b>', provider: 'A Provider', fundedBy: 's117' }] },
    ],
    reviewDue: '2026-05-01',
  });
  await state({
    kind: 'review',
    heldOn: '2026-06-01',
    attended: ['person'],
    outcome: 'continue',
    nextDue: '2026-12-01',
  });
});
afterAll(async () => {
  await service?.close();
  await Promise.all(councils.map((council) => council.stop()));
  await database.drop();
  await rm(folder, { recursive: true });
});

async function tell(...messages: Adt[]): Promise<void> {
  await acknowledgementsFor(service.mllpPort, messages);
  await untilSettled(database.pool);
}
async function state(fact: { kind: string } & Record<string, unknown>): Promise<void> {
  await stateFacts(database.pool, service.tables, [{ nhsNumber: LATE, ...fact }]);
  await untilSettled(database.pool);
}

const context = () => contextOf(database, { tables: () => service.tables });
const evidence = (...args: string[]): Promise<Said> => run(evidenceCommand, args, context());
const verified = (...args: string[]): Promise<Said> => run(verifyCommand, args, contextOf(null));
const json = async (...args: string[]): Promise<{ data: EvidenceData; proof: EvidenceDocument['proof'] }> =>
  JSON.parse((await evidence(...args, '--json')).out);
const ofKind = (data: EvidenceData, kind: string) => data.originals.filter((original) => original.kind === kind);
const written = async (name: string, text: string): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
};

describe('a discharge, a charge, and then the section 3 that nobody had told', () => {
  test('says who, why, what was known on which day, who decided, what each body was sent and confirmed', async () => {
    const { data } = await json(LATE);
    expect(data.about).toMatchObject({ nhsNumber: LATE, formerNhsNumbers: [], name: { family: 'Łódź-O’Neill 山田' } });
    expect(data.register).toMatchObject({ status: 'active', council: { code: SOLIHULL, standing: 'agreed' } });
    expect(data.register.because.every(({ cites }) => cites.length > 0)).toBe(true);
    expect(data.charges).toMatchObject([{ amountPerWeek: '120.50', owed: [{ from: '2026-04-01', to: null }] }]);
    expect(data.due).toMatchObject([
      { kind: 'plan', dueOn: '2026-03-01', doneOn: null },
      { kind: 'follow-up', dueOn: '2026-03-04', doneOn: '2026-06-01' },
      { kind: 'review', dueOn: '2026-04-12', doneOn: '2026-06-01' },
      { kind: 'review', dueOn: '2026-12-01', doneOn: null },
    ]);
    expect(data.timeline.map(({ name }) => name)).toEqual([
      'Detention',
      'In hospital',
      'Aftercare',
      'Decisions',
      'Told to bodies',
    ]);
    const versions = data.originals.flatMap((each) =>
      each.kind === 'version' ? [`${each.body} ${each.recordVersion}`] : [],
    );
    expect(new Set(versions.map((each) => each.split(' ')[0]))).toEqual(new Set([BIRMINGHAM, SOLIHULL]));
    const confirmed = data.originals.flatMap((each) =>
      each.kind === 'attempt' && each.result === 'confirmed' ? [each] : [],
    );
    expect(confirmed.length).toBeGreaterThanOrEqual(2);
    const detention = data.facts.find(({ kind }) => kind === 'detention');
    const source = data.originals.find((each) => each.kind === 'message' && each.id === detention?.said[0]?.from.id);
    expect(source).toMatchObject({ sender: 'RXT', trigger: 'A08', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test('what was known: not known, then active with one council, then with another, on the days on which it was learnt', async () => {
    await database.pool.query(
      "update interpretations set interpreted_at = case message_id when 1 then timestamptz '2026-03-02' else '2026-03-12' end",
    );
    const { data } = await json(LATE);
    expect(data.known.map(({ on, status, council }) => [on, status, council.code, council.standing])).toEqual(
      expect.arrayContaining([
        ['2026-03-02', 'not-known', null, 'unknown'],
        ['2026-03-12', 'active', BIRMINGHAM, 'provisional'],
        [data.about.asOf, 'active', SOLIHULL, 'agreed'],
      ]),
    );
    expect(data.known[0]?.on).toBe('2026-03-02');
    for (const { on, status, council, icb } of data.known) {
      const then = JSON.parse((await run(registerCommand, [LATE, '--known-at', on, '--json'], context())).out);
      expect(then).toMatchObject({ status, council, icb });
    }
  });

  test('an answer is good from the day on which it was recorded, in the document as in the register', async () => {
    const moved = { ...HOME, nhsNumber: MOVED, mrn: 'L5', visit: 'V5', destination: '87' };
    await tell({ ...moved, periods: [{ ...SECTION_3, id: 'P5', to: undefined }] });
    const register = async () => JSON.parse((await run(registerCommand, [MOVED, '--json'], context())).out);
    const [asked] = (await register()).questions;
    expect(asked).toMatchObject({ kind: 'no-news-since-transfer' });
    const answer = { question: asked.id, option: 'still-in-hospital', because: 'rang them' };
    await state({ kind: 'answer', nhsNumber: MOVED, ...answer });
    expect((await register()).questions).toEqual([]);
    const { data } = await json(MOVED);
    expect(data.known.at(-1)?.questions).toEqual([]);
  });

  test('the look is recorded before it is given, and the document holds that record', async () => {
    const { proof } = await json(LATE);
    expect(proof.made).toMatchObject({ action: 'evidence-made', who: 'an.engineer' });
    const { rows } = await database.pool.query('select action, subject from audit where id = $1', [proof.made.id]);
    expect(rows).toMatchObject([{ action: 'evidence-made', subject: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
  });

  test('a number of which nothing is known is a no, and nothing is written', async () => {
    const out = join(folder, 'nobody.html');
    const said = await evidence('9990000042', '--out', out);
    expect(said).toMatchObject({ code: 1, out: '', err: expect.stringContaining('knows nothing of this number') });
    await expect(stat(out)).rejects.toThrow();
  });
});

test('two records that were merged: the originals of both, by either number', async () => {
  for (const number of [PERSON, OTHER]) {
    const { data } = await json(number);
    expect(data.about).toMatchObject({ nhsNumber: PERSON, formerNhsNumbers: [OTHER] });
    expect(data.about.personKeys).toHaveLength(2);
    const triggers = data.originals.flatMap((each) => (each.kind === 'message' ? [each.trigger] : []));
    expect(triggers).toEqual(['A28', 'A03', 'A03', 'A40']);
    const keys = new Set(data.originals.flatMap((each) => (each.kind === 'version' ? [each.personKey] : [])));
    expect(keys).toEqual(new Set(data.about.personKeys));
    expect(new Set(data.known.map(({ nhsNumber }) => nhsNumber))).toEqual(new Set([PERSON, OTHER]));
  }
});

describe('away from the database', () => {
  test('the page and the data alone are proved, by the command itself, with nothing to connect to', async () => {
    const html = join(folder, 'evidence.html');
    expect(await evidence(LATE, '--out', html)).toMatchObject({ code: 0, err: '' });
    expect((await stat(html)).mode & 0o777).toBe(0o600);
    await chmod(html, 0o644);
    expect(await evidence(LATE, '--out', html)).toMatchObject({ code: 0 });
    expect((await stat(html)).mode & 0o777).toBe(0o600);
    const file = await written('evidence.json', (await evidence(LATE, '--json')).out);
    for (const each of [html, file]) {
      const program = startCli(['verify', each, '--json'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
      expect((await program.ended).code).toBe(0);
      expect(JSON.parse(program.stdout())).toMatchObject({ ok: true, problems: [], agrees: null });
    }
  });

  test('the page runs nothing, loads nothing, and what people wrote in it stays text', async () => {
    const html = join(folder, 'page.html');
    await evidence(LATE, '--out', html);
    const text = await readFile(html, 'utf8');
    expect(text).not.toContain('<b>a flat');
    expect(text.match(/<script/g)).toEqual(['<script']);
    const page = takeApart(text)?.page.replaceAll('http-equiv', '') ?? '';
    expect([...page.matchAll(/http|src=|href="[^#]|<link|@import|url\(/g)]).toEqual([]);
    expect(text).toContain('Łódź-O’Neill 山田'.toUpperCase());
  });

  test('a head noted then is the head; one noted before is proved to be continued; another one is a no', async () => {
    const { proof: older } = await json(LATE);
    const file = await written('older.json', (await evidence(LATE, '--json', '--noted', older.head.hash)).out);
    const { proof: newer } = JSON.parse(await readFile(file, 'utf8'));
    expect(newer.head.seals).toBeGreaterThan(older.head.seals);
    expect((await verified(file, '--head', newer.head.hash)).code).toBe(0);
    expect((await verified(file, '--head', older.head.hash)).code).toBe(0);
    const other = await verified(file, '--head', 'f'.repeat(64));
    expect(other).toMatchObject({ code: 1, out: expect.stringContaining('is another one') });
    expect(await evidence(LATE, '--noted', 'f'.repeat(64))).toMatchObject({ code: 1, out: '' });
  });

  test.each([[[]], [['a', 'b']], [['nowhere.html']], [['nowhere.html', '--head', '12']]])(
    'used wrongly: %j',
    async (args) => {
      await expect(verified(...args)).rejects.toMatchObject({ code: 'usage' });
    },
  );

  test('what is no evidence at all is a no', async () => {
    for (const text of ['', '{}', '<!doctype html><p>nothing', '{"evidence":1,"data":{"originals":[]},"proof":{}}'])
      expect((await verified(await written('none', text))).code).toBe(1);
  });
});

describe('altered', () => {
  type Path = (string | number)[];
  const pathsIn = (value: unknown, path: Path = []): Path[] =>
    typeof value === 'object' && value !== null && Object.keys(value).length > 0
      ? Object.entries(value).flatMap(([name, member]) => pathsIn(member, [...path, name]))
      : [path];
  const alter = (value: unknown): unknown =>
    typeof value === 'string'
      ? value === ''
        ? 'x'
        : `${value.startsWith('1') ? '2' : '1'}${value.slice(1)}`
      : typeof value === 'number'
        ? value + 1
        : typeof value === 'boolean'
          ? !value
          : 'something';
  const alteredAt = (value: unknown, [name, ...rest]: Path, instead: unknown = undefined): unknown => {
    if (name === undefined) return instead ?? alter(value);
    const copy = Array.isArray(value) ? [...value] : { ...(value as Record<string, unknown>) };
    Reflect.set(copy, name, alteredAt(Reflect.get(copy, name), rest, instead));
    return copy;
  };

  test('any value of the data or of the proof, anywhere, is found', async () => {
    const noted = (await json(LATE)).proof.head.hash;
    const document = JSON.parse((await evidence(LATE, '--json', '--noted', noted)).out);
    expect(verify(JSON.stringify(document), noted).problems).toEqual([]);
    fc.assert(
      fc.property(fc.constantFrom(...pathsIn(document)), (path) => {
        const { problems } = verify(JSON.stringify(alteredAt(document, path)), null);
        expect([path.join('.'), problems.length > 0]).toEqual([path.join('.'), true]);
      }),
      { numRuns: 600 },
    );
  });

  test('each kind of thing is named', async () => {
    const text = (await evidence(LATE, '--json')).out;
    const { data }: { data: EvidenceData } = JSON.parse(text);
    const named = (path: Path, value?: unknown): string[] =>
      verify(JSON.stringify(alteredAt(JSON.parse(text), path, value)), null).problems.map(({ item }) => item);
    const originalOf = (kind: string, ...member: Path) => {
      const at = data.originals.findIndex((original) => original.kind === kind);
      return { path: ['data', 'originals', at, ...member], name: `${kind} ${data.originals[at]?.id}` };
    };
    for (const { path, name } of [
      originalOf('message', 'sha256'),
      originalOf('message', 'receivedAt'),
      originalOf('version', 'content', 'publication', 'episodes', 0, 'carePlan'),
      originalOf('attempt', 'endedAt'),
      originalOf('stated-fact', 'fact', 'amountPerWeek'),
      originalOf('look', 'who'),
    ]) {
      expect(named(path)).toEqual([`originals[${path[2]}]`, name]);
    }
    expect(named(['data', 'facts', 3, 'says'])).toEqual(['facts[3]']);
    expect(named(['data', 'register', 'status'])).toEqual(['register']);
    expect(named(['data', 'charges'], [])).toEqual(['charges[0]']);
    expect(named(['data', 'more'], 'x')).toEqual(['more']);
    expect(named(['data', 'originals'], data.originals.slice(1))).toContain('originals[0]');
    expect(named(['proof', 'digests', 'register'], 'a'.repeat(64))).toEqual(['register', 'proof.digests']);
  });

  test('any one character of the file with the page is found, also in the words that people read', async () => {
    const { out: html } = await evidence(LATE);
    expect(verify(html, null).problems).toEqual([]);
    expect(takeApart(html)?.page).not.toBe('');
    fc.assert(
      fc.property(fc.nat(html.length - 1), (at) => {
        const changed = `${html.slice(0, at)}${html[at] === 'x' ? 'y' : 'x'}${html.slice(at + 1)}`;
        expect([at, verify(changed, null).problems.length > 0]).toEqual([at, true]);
      }),
      { numRuns: 200 },
    );
    const softer = html.replace('Charges</h2>', 'Charges, none of them wrong</h2>');
    expect(verify(softer, null).problems).toMatchObject([{ item: 'page' }]);
    expect(verify(`${html}<p>and more</p>`, null).problems).toMatchObject([{ item: 'page' }]);
  });

  test('a member that stands twice, so that two programs read two things', async () => {
    const { out } = await evidence(LATE, '--json');
    const twice = out.replace('"originals":', '"originals": [], "originals":');
    expect(verify(twice, null).problems).toMatchObject([{ item: 'data' }]);
  });
});

test('what would steer a terminal is written out, and the document is as unaltered as before', async () => {
  await state({ kind: 'reinstated', nhsNumber: PERSON, from: '2026-08-01', reason: 'a\u001b[31m b\u009b31m c\r\nd' });
  for (const args of [[PERSON], [PERSON, '--json']]) {
    const { out } = await evidence(...args);
    const printed = terminalText(out);
    expect([/[^\P{Cc}\n]/u.test(printed), verify(printed, null).problems, verify(out, null).problems]).toEqual([
      false,
      [],
      [],
    ]);
  }
  const { out } = await run(registerCommand, [PERSON], context());
  expect(terminalText(out)).toContain('a\\u001b[31m b\\u009b31m');
});

describe('made so that a reader takes it for something else', () => {
  test('a script that stands in the data of the page unescaped', async () => {
    const { out } = await evidence(LATE);
    const live = out.replace('\\u003c/script\\u003e\\u003cb\\u003ea flat', '</script><script>alert(1)</script>');
    const same = out.replace('\\u003c/script\\u003e', '</script>');
    expect([live === out, same === out]).toEqual([false, false]);
    for (const text of [live, same]) expect(verify(text, null).problems).not.toEqual([]);
  });

  test('a member that programs read as a prototype', async () => {
    const { out } = await evidence(LATE, '--json');
    for (const name of ['__proto__', '\\u005f_proto__'])
      expect(verify(out.replace('"about":', `"${name}": {"x": 1}, "about":`), null).problems).not.toEqual([]);
  });

  test('so deep that no program can read it', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const { problems } = verify(`{"evidence":1,"data":{"originals":[],"x":${deep}},"proof":{}}`, null);
    expect(problems).toMatchObject([{ item: 'file', text: expect.stringContaining('is no evidence document') }]);
  });

  test('saved by an editor that marks its files at the beginning, it is unaltered', async () => {
    for (const { out } of [await evidence(LATE, '--json'), await evidence(LATE)])
      expect(verify(`\ufeff${out}`, null).problems).toEqual([]);
  });
});

test('rebuilt and replayed, the seals hold: nothing original was touched', async () => {
  const before = (await json(LATE)).proof.head;
  expect((await run(replayCommand, ['--sender', 'RXT', '--apply'], context())).code).toBe(0);
  expect((await run(rebuildCommand, [], context())).code).toBe(0);
  const file = await written('rebuilt.json', (await evidence(LATE, '--json', '--noted', before.hash)).out);
  expect(await verified(file, '--head', before.hash)).toMatchObject({ code: 0 });
});

test('the head is told outside: in the log at each seal, and to whoever asks the service', async () => {
  const answer = (await (await fetch(`http://127.0.0.1:${service.httpPort}/api/seals/head`)).json()) as {
    head: string;
  };
  expect(answer).toMatchObject({ seals: expect.any(Number), head: expect.stringMatching(/^[0-9a-f]{64}$/) });
  await tell({ trigger: 'A28', sentAt: '20260801090000', nhsNumber: '9990000050', mrn: 'L9' });
  await until(
    () => service.log.filter((line) => line.includes('originals were sealed')).length > 1,
    'a seal was logged',
  );
  expect(service.log.join('')).toMatch(/"sealRow":"\d+","head":"[0-9a-f]{64}","count":\d+/);
});

describe('altered in the database after it was sealed', () => {
  const alterations: [string, string, string][] = [
    [
      'the bytes of a message',
      "update message_contents set content = content || '.'::bytea where message_id = $1",
      'message',
    ],
    [
      'when a message came',
      "update messages set received_at = received_at - interval '1 microsecond' where id = $1",
      'message',
    ],
    [
      'what a person stated',
      'update stated_facts set fact = fact || \'{"for": "rent"}\' where row_id = $1',
      'stated-fact',
    ],
    ['what a body was told', "update publications set content = '{}' where id = $1", 'version'],
    [
      'when a body confirmed',
      "update delivery_attempts set ended_at = ended_at - interval '1 day' where id = $1",
      'attempt',
    ],
    ['who looked', "update audit set who = 'nobody' where id = $1", 'look'],
  ];
  test.each(alterations)('%s: the command says so, and so does whoever checks', async (_what, sql, kind) => {
    const { data } = await json(LATE);
    const id = ofKind(data, kind)[0]?.id ?? '';
    await database.pool.query(sql, [id]);
    const out = join(folder, `${kind}.html`);
    const said = await evidence(LATE, '--out', out);
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining(`${kind} ${id}: it is not what was sealed`) });
    expect(await verified(out)).toMatchObject({ code: 1, out: expect.stringContaining(`${kind} ${id}: `) });
  });
});
