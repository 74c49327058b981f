import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deliverCommand } from '../../src/commands/deliver.js';
import { deliveriesCommand } from '../../src/commands/deliveries.js';
import { messagesCommand } from '../../src/commands/messages.js';
import { recordCommand } from '../../src/commands/record.js';
import { registerCommand } from '../../src/commands/register.js';
import { deliveryStore } from '../../src/store/deliveries.js';
import { OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { hear } from './service.js';
import { contextOf, run, type Said } from './terminal.js';

let database: TestDatabase;
let folder = '';

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'aftercare-commands-'));
  await hear(
    [
      { trigger: 'A01', sentAt: '20260101090000', admitted: '20260101080000', periods: [{ ...SECTION_3, to: '' }] },
      {
        trigger: 'A03',
        sentAt: '20260301100500',
        controlId: 'DISCHARGE',
        left: '20260301100000',
        method: '1',
        destination: '19',
        periods: [SECTION_3],
      },
      { trigger: 'A03', sentAt: '20260301110000', controlId: 'ODD', nhsNumber: OTHER, visit: 'V9', destination: '97' },
      { trigger: 'A28', sentAt: '20260301120000', nhsNumber: OTHER, mrn: 'L2' },
    ],
    database,
  );
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

type Runnable = Parameters<typeof run>[0];
const aftercare = (command: Runnable, ...args: string[]): Promise<Said> => run(command, args, contextOf(database));
const json = async (command: Runnable, ...args: string[]) =>
  JSON.parse((await aftercare(command, ...args, '--json')).out);

describe('the inbox', () => {
  test('what was parked, with the field to mend, and nothing of what it says', async () => {
    const { code, out } = await aftercare(messagesCommand, '--state', 'parked');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^id +received +sender +trigger +control ID +state +fault\n\d+ .* RXT +A03 +ODD +parked +code-unmapped at PV1-37$/,
    );
    expect(out).not.toContain(OTHER);
  });

  test('one message whole: fault with what, where and next, or the kinds of its facts', async () => {
    const [odd] = await json(messagesCommand, '--control-id', 'ODD');
    const { out } = await aftercare(messagesCommand, odd.id);
    expect(out).toMatch(
      /where +PV1-37\n +what +code "97"[\s\S]*next +add a row to mappings\/codes\/discharge-destination\.csv/,
    );

    const [told] = await json(messagesCommand, '--control-id', 'DISCHARGE');
    const shown = await json(messagesCommand, told.id);
    expect(shown).toMatchObject({ state: 'interpreted', ack: 'AA', fault: null, repeats: 0 });
    expect(shown.facts).toContainEqual({ kind: 'left-hospital', effectiveAt: '2026-03-01T10:00:00Z' });
    expect(JSON.stringify(shown)).not.toContain('Example');
  });

  test('by person, sender and several states at once; the look at a person is recorded', async () => {
    const found = await json(
      messagesCommand,
      '--nhs-number',
      '999 000 0018',
      '--sender',
      'RXT',
      '--state',
      'interpreted,parked',
    );
    expect(found.map(({ trigger }: { trigger: string }) => trigger)).toEqual(['A03', 'A01']);
    expect(await looks()).toContainEqual({ who: 'an.engineer', action: 'messages-searched' });
  });

  test('a message that does not exist is a no; a wrong word is used wrongly', async () => {
    expect(await aftercare(messagesCommand, '999999')).toMatchObject({ code: 1, err: 'There is no message 999999.' });
    for (const args of [
      ['--state', 'lost'],
      ['--limit', '0'],
      ['--nhs-number', '12'],
      ['1', '2'],
      ['M1'],
      ['1', '--sender', 'RXT'],
    ]) {
      await expect(aftercare(messagesCommand, ...args)).rejects.toMatchObject({ code: 'usage' });
    }
  });
});

describe('the register', () => {
  test('one person: status, bodies, reasons, and the history with when it was learnt; the look is recorded', async () => {
    const person = await json(registerCommand, PERSON);
    expect(person).toMatchObject({
      nhsNumber: PERSON,
      status: 'active',
      episodes: [{ status: 'active', from: '2026-03-01', to: null }],
      council: { code: 'E08000025', standing: 'provisional' },
      icb: { code: 'QHL', asWritten: '15E' },
    });
    expect(person.because.length).toBeGreaterThan(0);
    const left = person.history.find(({ kind }: { kind: string }) => kind === 'left-hospital');
    expect(left).toMatchObject({ effectiveAt: '2026-03-01T10:00:00Z', by: 'RXT', times: 1 });
    expect(left.says).toBe('left hospital, to the community; method 1, destination 19');
    expect(await looks()).toContainEqual({ who: 'an.engineer', action: 'person-seen' });
  });

  test('one person, for a reader who knows the law: what, since when, who, and why, by whose word and which source', async () => {
    const { out } = await aftercare(registerCommand, PERSON, '--as-of', '2026-03-02');
    const said = out.replaceAll(/\n +/g, '\n');
    expect(said).toContain(
      'As of 2 Mar 2026\n9990000018: active. Section 117 aftercare is owed, and has been since 1 Mar 2026.\n',
    );
    expect(said).toMatch(/^Aftercare +from 1 Mar 2026: active, after section 3$/m);
    expect(said).toMatch(
      /^Council +Birmingham City Council \(E08000025\), provisional: stated or derived, and nobody/m,
    );
    expect(said).toMatch(/^ICB +.* \(QHL, written 15E\), provisional/m);
    expect(said).toMatch(
      /^What is due\n[\s\S]*^First contact after leaving hospital, by 4 Mar 2026: not due yet\nSource: NHS Standard Contract/m,
    );
    expect(said).toMatch(
      /^When it begins\nLeft hospital on 1 Mar 2026\.\nSource: MHA 1983 s117\(1\) \[leaving-hospital\]\nEvidence: A trust \(RXT\) on 1 Mar 2026, message \d+$/m,
    );
    expect(said).toMatch(
      /^Which council\nBirmingham City Council \(E08000025\) was stated as the council [^\n]*\nSource: MHA 1983 s117\(3\);[^\n]*\[ordinary-residence\]\nEvidence: A trust \(RXT\)/m,
    );
    expect(said).toMatch(/^History\n[\s\S]*^1 Mar 2026, 10:00:00: left hospital, to the community/m);
    expect(said).toMatch(/^told by RXT on 1 Mar 2026, message \d+; learnt \d/m);
    expect(said).toMatch(
      /^1 Jan 2026: Section 3 \(03\) from 1 Jan 2026 onwards; period P1 \(corrected by a later message\)$/m,
    );
  });

  test('who has been told what, and who has confirmed it: in words, and for a machine', async () => {
    const said = (await aftercare(registerCommand, PERSON)).out.replaceAll(/\n +/g, '\n');
    expect(said).toMatch(
      /^Who has been told\nBirmingham City Council \(E08000025\): Flag active, plan draft\nversion 1, of [^;]*; not confirmed: Waits to be sent\.\nNHS Birmingham and Solihull Integrated Care Board \(QHL\): nothing so far$/m,
    );
    expect((await json(registerCommand, PERSON)).told).toMatchObject([
      {
        to: 'E08000025',
        recordVersion: 1,
        state: 'due',
        confirmedAt: null,
        episodes: [{ flag: 'active', carePlan: 'draft' }],
      },
    ]);
    expect((await aftercare(registerCommand, OTHER)).out).toContain(
      'Nobody: nothing is said of whom nothing is known.',
    );
  });

  test('as of a day on the ward the person was prospective; by what was known before any message, unknown', async () => {
    expect(await json(registerCommand, PERSON, '--as-of', '2026-02-01')).toMatchObject({
      asOf: '2026-02-01',
      status: 'prospective',
    });
    expect(await aftercare(registerCommand, PERSON, '--known-at', '2020-01-01', '--json')).toMatchObject({
      code: 1,
      out: 'null',
    });
    expect(await json(registerCommand, PERSON)).toMatchObject({ status: 'active' });
  });

  test('a number of which nothing is known is a no that claims nothing', async () => {
    const { code, err } = await aftercare(registerCommand, '9990000042');
    expect(code).toBe(1);
    expect(err).toContain('no answer to whether aftercare is owed');
    expect(err).not.toContain('9990000042');
  });

  test('the list, all of it, by status and by council', async () => {
    const statuses = async (...args: string[]) =>
      (await json(registerCommand, ...args))
        .map((row: { nhsNumber: string; status: string }) => `${row.nhsNumber} ${row.status}`)
        .sort();
    expect(await statuses()).toEqual([`${PERSON} active`, `${OTHER} not-known`]);
    expect(await statuses('--status', 'active,ended')).toEqual([`${PERSON} active`]);
    expect(await statuses('--council', 'E08000029')).toEqual([]);
    expect(await statuses('--as-of', '2026-02-01', '--council', 'E08000025')).toEqual([`${PERSON} prospective`]);
    expect(await statuses('--known-at', '2020-01-01')).toEqual([]);
    expect((await aftercare(registerCommand)).out).toMatch(/2 persons$/);
    expect(await looks()).toContainEqual({ who: 'an.engineer', action: 'person-listed' });
  });

  test.each([
    ['a day that cannot be', [PERSON, '--as-of', '2026-02-30']],
    ['a number that is none', ['123']],
    ['two people', [PERSON, OTHER]],
    ['a filter on one person', [PERSON, '--status', 'active']],
  ])('%s is refused, and the number is not repeated', async (_what, args) => {
    const asked = aftercare(registerCommand, ...args);
    await expect(asked).rejects.toMatchObject({ code: 'usage' });
    await expect(asked).rejects.not.toThrow(PERSON);
  });
});

describe('facts by people', () => {
  const statedBy = { organisation: 'E08000025', name: 'An Officer', role: 'social worker' };
  const determined = {
    kind: 'council-determined',
    nhsNumber: PERSON,
    effectiveOn: '2026-03-01',
    council: 'E08000025',
    standing: 'agreed',
    basis: 'ordinarily-resident-before-detention',
    statedBy,
  };
  const file = async (name: string, lines: readonly unknown[]) => {
    const path = join(folder, name);
    await writeFile(path, lines.map((line) => JSON.stringify(line)).join('\n'));
    return path;
  };

  test('recorded once, known the second time, and the register answers at once', async () => {
    const facts = await file('agreed.ndjson', [determined, determined]);
    expect(await json(recordCommand, '--facts', facts)).toEqual({ recorded: 1, known: 1, withdrawn: [], hints: [] });
    expect(await json(registerCommand, PERSON)).toMatchObject({ council: { code: 'E08000025', standing: 'agreed' } });
    expect((await aftercare(recordCommand, '--facts', facts)).out).toBe('Recorded 0 facts; 2 were known already.');
    const { rows } = await database.pool.query('select recorded_by as who from stated_facts');
    expect(rows).toEqual([{ who: 'an.engineer' }]);
    const { rows: entries } = await database.pool.query(
      `select entry -> 'council' ->> 'standing' as standing from entries where nhs_number = $1`,
      [PERSON],
    );
    expect(entries).toEqual([{ standing: 'agreed' }]);
  });

  test('what was known the day before the officers agreed: the same council, provisionally', async () => {
    await database.pool.query(`update interpretations set interpreted_at = '2026-03-02T09:00:00Z'`);
    await database.pool.query(`update stated_facts set recorded_at = '2026-03-29T00:30:00Z'`);
    const standingOn = async (day: string) => (await json(registerCommand, PERSON, '--known-at', day)).council.standing;
    expect(await standingOn('2026-03-28')).toBe('provisional');
    expect(await standingOn('2026-03-29')).toBe('agreed');
    expect(await json(registerCommand, PERSON, '--known-at', '2026-03-28')).toMatchObject({ asOf: '2026-03-28' });
    const listed = await json(
      registerCommand,
      '--known-at',
      '2026-03-28',
      '--as-of',
      '2026-02-01',
      '--status',
      'prospective',
    );
    expect(listed).toMatchObject([{ nhsNumber: PERSON, council: { standing: 'provisional' } }]);
  });

  test('what takes something back says what, on the day on which it was recorded', async () => {
    const by = { organisation: 'RXT', name: 'A. Invented', role: 'administrator' };
    const id = 'cccccccc-1111-4111-8111-111111111111';
    const both = [
      { id, kind: 'charge', nhsNumber: OTHER, from: '2026-04-01', to: null, amountPerWeek: '9.00', for: 'a home' },
      { kind: 'withdrawn', nhsNumber: OTHER, fact: id.toUpperCase(), because: 'another bill' },
    ];
    const facts = join(folder, 'back.ndjson');
    await writeFile(facts, both.map((fact) => JSON.stringify({ ...fact, statedBy: by })).join('\n'));
    await aftercare(recordCommand, '--facts', facts);
    const { history } = await json(registerCommand, OTHER);
    const back = history.at(-1);
    expect(back.says).toBe(
      'it is taken back that: charged £9.00 a week for a home from 1 Apr 2026 onwards. Because: another bill',
    );
    expect(back.effectiveAt).toBe(back.learntAt);
    expect((await aftercare(registerCommand, OTHER)).out).not.toContain('1900');
  });

  test('a proposal is asked about with who made it; an answer stays readable, with who gave it and why', async () => {
    const by = { organisation: 'RXT', name: 'A. Invented', role: 'consultant' };
    const proposal = {
      kind: 'aftercare-decision',
      nhsNumber: PERSON,
      body: 'trust',
      decision: 'no-longer-needed',
      decidedOn: '2026-05-01',
      reasons: ['settled'],
      personInvolved: true,
      evidence: 'a letter',
      statedBy: by,
    };
    await aftercare(recordCommand, '--facts', await file('proposal.ndjson', [proposal]));
    const said = async () => (await aftercare(registerCommand, PERSON)).out.replaceAll(/\n +/g, '\n');
    expect(await said()).toMatch(
      /^An ending is proposed\nThe trust decided on 1 May 2026 that aftercare is no longer needed\. That does not count: only the council and the ICB decide [^\n]*\nEvidence: A\. Invented, consultant, A trust \(RXT\) on /m,
    );
    const dead = { kind: 'died', nhsNumber: PERSON, on: '2026-06-01', verified: false, statedBy };
    await aftercare(recordCommand, '--facts', await file('notice.ndjson', [dead]));
    const { questions } = await json(registerCommand, PERSON);
    const question = questions.find(({ kind }: { kind: string }) => kind === 'death-unverified').id;
    const answer = {
      kind: 'answer',
      nhsNumber: PERSON,
      question,
      option: 'not-confirmed',
      because: 'was seen',
      statedBy,
    };
    await aftercare(recordCommand, '--facts', await file('answer.ndjson', [answer]));
    expect(await said()).toMatch(
      /^What people have answered\nA death is not verified\nNot confirmed: that death counts for nothing, and aftercare goes on\. Because: was seen\ntold by An Officer, social worker, Birmingham City Council \(E08000025\) on /m,
    );
  });

  test('a file without a fact is used wrongly', async () => {
    const facts = join(folder, 'empty.ndjson');
    await writeFile(facts, '\n');
    await expect(aftercare(recordCommand, '--facts', facts)).rejects.toMatchObject({ code: 'usage' });
  });

  test('one mistake: every wrong line is named, and nothing of the file is recorded', async () => {
    const { rowCount: before } = await database.pool.query('select from stated_facts');
    const facts = await file('wrong.ndjson', [
      { ...determined, effectiveOn: '2026-04-01' },
      { ...determined, kind: 'guess' },
      { ...determined, effectiveOn: '2026-02-30' },
    ]);
    const asked = aftercare(recordCommand, '--facts', facts);
    await expect(asked).rejects.toMatchObject({ code: 'usage' });
    await expect(asked).rejects.toThrow(/line 2: [\s\S]*line 3: /);
    const { rowCount } = await database.pool.query('select from stated_facts');
    expect(rowCount).toBe(before);
  });

  test('no file named, and a file that is not there', async () => {
    await expect(aftercare(recordCommand)).rejects.toMatchObject({ code: 'usage' });
    await expect(aftercare(recordCommand, '--facts', join(folder, 'none'))).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('deliveries', () => {
  test('what a council does not have makes the answer no; parked is handed over again, and then confirmed is a yes', async () => {
    const store = deliveryStore(database.pool);
    const before = await json(deliveriesCommand, '--council', 'E08000025');
    expect(before.deliveries[0]).toMatchObject({ body: 'E08000025', state: 'due', fault: null });
    expect((await aftercare(deliveriesCommand)).code).toBe(1);

    const [claim] = await store.claim('E08000025', 1);
    if (!claim) throw new Error('the delivery was not due');
    await store.park({ claim, httpStatus: 422, fault: 'council-refused', outcome: { text: 'refused' } });
    const parked = await aftercare(deliveriesCommand, '--state', 'parked');
    expect(parked).toMatchObject({
      code: 1,
      out: expect.stringContaining('council-refused: the council refused the content'),
    });
    expect(parked.out).not.toContain(PERSON);

    const again = await aftercare(deliverCommand, before.deliveries[0].id);
    expect(again).toMatchObject({ code: 0, out: '1 version will be sent at the next sweep of the service.' });
    expect(await looks()).toContainEqual({ who: 'an.engineer', action: 'handed-over-again' });

    const [second] = await store.claim('E08000025', 1);
    if (!second) throw new Error('the delivery was not handed over again');
    await store.confirm([{ claim: second, httpStatus: 200 }]);
    expect(await aftercare(deliveriesCommand, '--council', 'E08000025')).toMatchObject({ code: 0 });
    expect(await json(deliverCommand, '--council', 'E08000025')).toEqual({ handedOver: 0 });
    expect(await aftercare(deliverCommand, '999999')).toMatchObject({ code: 1 });
  });

  test('a council that lost its data is handed over again what it had confirmed', async () => {
    expect(await json(deliverCommand, '--council', 'E08000025', '--confirmed')).toEqual({ handedOver: 1 });
    const store = deliveryStore(database.pool);
    const [claim] = await store.claim('E08000025', 1);
    if (!claim) throw new Error('the delivery was not handed over again');
    expect(claim.attempt).toBeGreaterThan(1);
    await store.confirm([{ claim, httpStatus: 200 }]);
  });

  test('a council that the site file does not name is a mistake, not "nothing to do"', async () => {
    await expect(aftercare(deliverCommand, '--council', 'E99999999')).rejects.toMatchObject({ code: 'usage' });
  });

  test('neither or both of ids and a council is used wrongly', async () => {
    await expect(aftercare(deliverCommand)).rejects.toMatchObject({ code: 'usage' });
    await expect(aftercare(deliverCommand, '1', '--council', 'E08000025')).rejects.toMatchObject({ code: 'usage' });
    await expect(aftercare(deliveriesCommand, '--state', 'lost')).rejects.toMatchObject({ code: 'usage' });
  });
});

test('a register of more than one page is told whole, now and then', async () => {
  const many = Array.from({ length: 203 }, (_, i) => ({
    trigger: 'A28',
    sentAt: '20260301120000',
    controlId: `MANY${i}`,
    nhsNumber: null,
    mrn: `MANY${i}`,
  }));
  await hear(many, database);
  const localIds = async (...args: string[]) => {
    const rows: { localId: string | null }[] = await json(registerCommand, ...args);
    return new Set(rows.flatMap(({ localId }) => (localId?.startsWith('MANY') ? [localId] : [])));
  };
  expect((await localIds()).size).toBe(203);
  expect((await localIds('--as-of', '2026-06-01')).size).toBe(203);
});

async function looks(): Promise<{ who: string; action: string }[]> {
  const { rows } = await database.pool.query<{ who: string; action: string }>('select who, action from audit');
  return rows;
}
