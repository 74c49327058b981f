import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { dueLetters } from '../../src/flow/due-letters.js';
import { createLog } from '../../src/log.js';
import { addDays, londonDay } from '../../src/register/day.js';
import { siteFromObject } from '../../src/site.js';
import { hear } from '../commands/service.js';
import { tables } from '../commands/terminal.js';
import { type Adt, OTHER, SECTION_3 } from '../scenarios/adt.js';
import type { Stated } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { stateFacts } from '../support/service.js';
import { watchedSite, watchingProcess } from './house.js';
import { type MailServer, startMailServer } from './receivers.js';

const today = londonDay(new Date().toISOString());
const hl7 = (day: string): string => day.replaceAll('-', '');
const leftOn = addDays(today, -60);
const S117 = 's117@council.example';
const LEAD = 'lead@icb.example';

const site = () => {
  const read = siteFromObject({
    name: 'Test partnership',
    senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
    councils: [{ gss: 'E08000025' }, { gss: 'E08000029' }],
    icbs: [{ ods: 'QHL' }],
    partnerships: [
      {
        council: 'E08000025',
        icb: 'QHL',
        contacts: {
          council: { name: 'Sam Example', role: 'section 117 lead', email: S117 },
          icb: { name: 'Kim Example', email: LEAD, telephone: '0121 496 0000' },
        },
      },
      { council: 'E08000029', icb: 'QHL', contacts: { council: { name: 'Jo Example', email: 'jo@council.example' } } },
    ],
  });
  if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
  return read.site;
};

let database: TestDatabase;
let mail: MailServer;

const home = async (over: Partial<Adt> = {}, council = 'E08000025') => {
  const left = { left: `${hl7(leftOn)}100000`, admitted: `${hl7(addDays(leftOn, -40))}080000` };
  const section = { ...SECTION_3, from: hl7(addDays(leftOn, -40)), to: hl7(addDays(leftOn, -5)), council };
  const told = { sentAt: `${hl7(leftOn)}100500`, ...left, method: '1', destination: '19', periods: [section] };
  await hear([{ trigger: 'A03', ...told, ...over }], database);
};

/** Home sixty days ago: plan and follow-up are escalated by now, the first review is chased. */
beforeAll(async () => {
  [database, mail] = await Promise.all([testDatabase(), startMailServer()]);
  await home();
});
afterAll(async () => {
  await mail.close();
  await database.drop();
});

const ALONE = '9990000026';
const homeOf = (nhsNumber: string, mrn: string, section: object) => ({
  trigger: 'A03',
  sentAt: `${hl7(leftOn)}100500`,
  nhsNumber,
  mrn,
  visit: `V-${mrn}`,
  left: `${hl7(leftOn)}100000`,
  admitted: `${hl7(addDays(leftOn, -40))}080000`,
  method: '1',
  destination: '19',
  periods: [
    { ...SECTION_3, id: `P-${mrn}`, from: hl7(addDays(leftOn, -40)), to: hl7(addDays(leftOn, -5)), ...section },
  ],
});

/** Minutes from now: at a fixed hour of the day what waits to be delivered would have waited too long in the early morning. */
const soon = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

test('what is chased and escalated begins an alert for each of the two bodies that owe it, with figures and nobody’s name', async () => {
  const watching = watchingProcess(database.pool, {}, watchedSite());
  expect(await watching.round(soon(0))).toEqual([
    'due-chased E08000025 began',
    'due-chased QHL began',
    'due-escalated E08000025 began',
    'due-escalated QHL began',
  ]);
  expect(await watching.round(soon(1))).toEqual([]);
  const { rows } = await database.pool.query("select details from alerts where kind = 'due-escalated'");
  expect(rows).toEqual([{ details: { count: 2 } }, { details: { count: 2 } }]);
});

const state = (fact: Stated) => stateFacts(database.pool, tables, [fact]);

test('a charge while aftercare is owed begins an alert for the council, which ends when somebody has answered', async () => {
  const watching = watchingProcess(database.pool, {}, watchedSite());
  const charge = {
    kind: 'charge',
    nhsNumber: '9990000018',
    from: addDays(today, -20),
    amountPerWeek: '12.50',
    for: 'meals',
  };
  await state(charge);
  expect(await watching.round(soon(2))).toEqual(['charge-new E08000025 began']);
  const { rows } = await database.pool.query(
    "select question_id as id from open_questions where kind = 'charges-unchecked'",
  );
  await state({
    kind: 'answer',
    nhsNumber: '9990000018',
    question: rows[0].id,
    option: 'given-back',
    because: 'credited',
  });
  expect(await watching.round(soon(3))).toEqual(['charge-new E08000025 ended']);
});

describe('the letter to the contacts of a partnership', () => {
  let now = new Date();
  const log: string[] = [];
  const house = () => ({
    pool: database.pool,
    site: site(),
    smtpUrl: mail.url,
    now: () => now,
    log: createLog('debug', { write: (line) => void log.push(line) }),
  });
  const letters = () => dueLetters(house());
  const roundAt = async (at: string) => {
    now = new Date(at);
    await letters().round();
    return mail.letters.splice(0).map(({ to, text }) => ({ to: to[0], text }));
  };

  test('goes once a day, not before the morning, to each contact, also when several processes write', async () => {
    expect(await roundAt(`${today}T05:00:00Z`)).toEqual([]);
    now = new Date(`${today}T09:00:00Z`);
    await Promise.all([letters().round(), letters().round()]);
    const first = mail.letters.splice(0);
    expect(first.map(({ to }) => to[0]).sort()).toEqual([LEAD, S117]);
    expect(await roundAt(`${today}T15:00:00Z`)).toEqual([]);
    expect((await roundAt(`${addDays(today, 1)}T09:00:00Z`)).map(({ to }) => to).sort()).toEqual([LEAD, S117]);
  });

  test('says how much, for whom, and where to look; nothing of a person', async () => {
    let [{ text } = { text: '' }] = await roundAt(`${addDays(today, 2)}T09:00:00Z`);
    expect(text).toMatch(/Subject: .*E08000025 and QHL: 1 chased, 2.*escalated/s);
    text = text.replace(/=\r?\n/g, '');
    expect(text).toMatch(/1 overdue for more than 7 days \(chased\)/);
    expect(text).toMatch(/2 overdue for more than 28 days \(escalated\)/);
    expect(text).not.toMatch(/999000|Example|Pat/);
  });

  test('says what no system has confirmed for so long that it is chased, until it is confirmed', async () => {
    const textOn = async (day: number, days: number) => {
      const at = `${addDays(today, day)}T09:00:00Z`;
      await database.pool.query("update publications set published_at = $1::timestamptz - $2 * interval '1 day'", [
        at,
        days,
      ]);
      return (await roundAt(at))[0]?.text.replace(/=\r?\n/g, '') ?? '';
    };
    expect(await textOn(13, 6)).not.toMatch(/not confirmed/);
    expect(await textOn(14, 10)).toMatch(/1 versions that a system has not confirmed for more than 7 days, 0 of them/);
    expect(await textOn(15, 30)).toMatch(/1 versions .* 7 days, 1 of them for more than 28/);
    await database.pool.query("update deliveries set state = 'confirmed'");
    expect(await textOn(16, 30)).not.toMatch(/versions that a system/);
  });

  describe('how long a system has not confirmed what it was told', () => {
    let apart: TestDatabase;
    beforeEach(async () => {
      apart = await testDatabase();
      await hear([homeOf(ALONE, 'L2', {})], apart);
    });
    afterEach(() => apart.drop());

    /** Told so many days ago, by version; the last of them confirmed. */
    const toldAgo = async (days: readonly number[], confirmed = 0) => {
      for (const [at, ago] of days.entries())
        await apart.pool.query(
          "update publications set published_at = $1::timestamptz - $2 * interval '1 day' where record_version = $3",
          [`${today}T09:00:00Z`, ago, at + 1],
        );
      await apart.pool.query(
        `update deliveries d
            set confirmed_at = p.published_at, state = case when p.record_version = $1 then 'confirmed' else d.state end
           from publications p
          where p.id = d.publication_id and p.record_version <= $1`,
        [confirmed],
      );
    };
    const unconfirmed = async () => {
      now = new Date(`${today}T09:00:00Z`);
      await dueLetters({ ...house(), pool: apart.pool }).round();
      await apart.pool.query('delete from due_letters');
      const texts = mail.letters.splice(0).map(({ text }) => text.replace(/=\r?\n/g, ''));
      return /(\d+) versions that .* days, (\d+) of them/.exec(texts[0] ?? '')?.slice(1) ?? null;
    };
    const changed = (sentAt: string, day: number) => ({
      ...homeOf(ALONE, 'L2', {}),
      sentAt: `${hl7(leftOn)}${sentAt}`,
      left: `${hl7(addDays(leftOn, day))}100000`,
    });

    test('counts from the first version since the last that it confirmed, however often it was told anew', async () => {
      await hear([changed('110000', -1)], apart);
      await hear([changed('120000', -2)], apart);
      await toldAgo([40, 10, 3]);
      expect(await unconfirmed()).toEqual(['1', '1']);
      await toldAgo([40, 10, 3], 1);
      expect(await unconfirmed()).toEqual(['1', '0']);
      await toldAgo([40, 10, 3], 2);
      expect(await unconfirmed()).toBeNull();
      await toldAgo([40, 10, 3], 3);
      expect(await unconfirmed()).toBeNull();
    });

    test('counts also what it was told under a number that was merged away since', async () => {
      const surviving = homeOf('9990000034', 'L3', {});
      await hear([surviving], apart);
      const merge = { ...surviving, trigger: 'A40', mergedAway: { nhsNumber: ALONE, mrn: 'L2' } };
      await hear([{ ...merge, sentAt: `${hl7(leftOn)}130000`, periods: [] }], apart);
      await toldAgo([40, 40]);
      expect(await unconfirmed()).toEqual(['2', '2']);
    });
  });

  test('of whom only one of the two bodies is known is told to its contacts, and that of two without a partnership to both', async () => {
    const others = [
      homeOf(ALONE, 'L2', { commissioner: undefined }),
      homeOf('9990000034', 'L3', { council: undefined }),
      homeOf('9990000042', 'L4', { council: undefined, commissioner: undefined }),
      homeOf('9990000050', 'L5', { commissioner: 'QUA' }),
    ];
    const apart = await testDatabase();
    await hear(others, apart);
    now = new Date(`${today}T09:00:00Z`);
    await dueLetters({ ...house(), pool: apart.pool }).round();
    const told = mail.letters
      .splice(0)
      .map(({ to, text }) => [to[0], /Overdue for ([^:]*):/.exec(text.replace(/\r?\n\s+/g, ' '))?.[1]]);
    expect(told.sort()).toEqual([
      [LEAD, 'QHL, with a council that is not known'],
      [S117, 'E08000025 and QUA'],
      [S117, 'E08000025, with an ICB that is not known'],
    ]);
    await apart.drop();
  });

  test('that the mail server refuses is sent again, and the other contact is not written to twice', async () => {
    const day = addDays(today, 3);
    mail.refuse(S117);
    expect((await roundAt(`${day}T09:00:00Z`)).map(({ to }) => to)).toEqual([LEAD]);
    expect(log.join('')).toMatch(/"council":"E08000025".*is sent again/);
    expect(log.join('')).not.toContain(S117);
    mail.admit(S117);
    expect((await roundAt(`${day}T10:00:00Z`)).map(({ to }) => to)).toEqual([S117]);
  });

  test('is counted in the morning: what a late message makes overdue after that is in the next one', async () => {
    const service = letters();
    const writtenAt = async (at: string) => {
      now = new Date(at);
      await service.round();
      return mail.letters.splice(0).map(({ to }) => to[0]);
    };
    expect(await writtenAt(`${today}T09:00:00Z`)).toEqual([]);
    await home({ nhsNumber: OTHER, mrn: 'L2', visit: 'V2' }, 'E08000029');
    expect(await writtenAt(`${today}T12:00:00Z`)).toEqual([]);
    expect(await writtenAt(`${addDays(today, 1)}T09:00:00Z`)).toEqual(['jo@council.example']);
  });
});
