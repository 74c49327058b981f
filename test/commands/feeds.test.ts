import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { feedsCommand } from '../../src/commands/feeds.js';
import { MAPPINGS } from '../../src/tables.js';
import { contextOf, run } from './terminal.js';

describe('the feeds that are installed', () => {
  test('every definition holds, every trigger has an example, and each says what is expected of it', async () => {
    const { code, out } = await run(feedsCommand, ['check', '--json'], contextOf(null));
    const feeds: { feed: string; mistakes: string[]; examples: { differs: unknown }[] }[] = JSON.parse(out);
    expect(feeds.map(({ feed }) => feed)).toEqual(
      expect.arrayContaining(['itk-hl7uk', 'mha-office', 'millennium-2.3', 'obx', 'simhospital', 'zmh']),
    );
    for (const feed of feeds) {
      expect(feed).toMatchObject({ mistakes: [], untried: [], silent: [] });
      expect(feed.examples.filter(({ differs }) => differs !== null)).toEqual([]);
      expect(feed.examples.length).toBeGreaterThan(0);
    }
    expect(code).toBe(0);
  });
});

describe('a feed that somebody is writing', () => {
  const folders: string[] = [];
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aftercare-feeds-'));
    folders.push(folder);
    await cp(MAPPINGS, folder, { recursive: true });
  });
  afterAll(async () => {
    for (const each of folders) await rm(each, { recursive: true });
  });

  const check = (...args: string[]) =>
    run(feedsCommand, ['check', ...args], contextOf(null, { mappingsFolder: folder }));
  const edit = async (file: string, from: string, to: string) => {
    const path = join(folder, 'feeds', file);
    const before = await readFile(path, 'utf8');
    expect(before).toContain(from);
    await writeFile(path, before.replace(from, to));
  };

  test('every mistake has its line, all are named at once with what was probably meant, and the exit code is 2', async () => {
    await edit('zmh.yaml', 'visit: PV1-19.1', 'visit: PV1.19');
    await edit('zmh.yaml', 'dischargeMethod: PV1-36', 'dischargMethod: PV1-36');
    await edit('zmh.yaml', 'postcode: PID-11.5', 'postcode: PDI-11.5');
    await edit('zmh.yaml', 'leftAt: PV1-45', 'leftAt: PV1-450');
    await edit('zmh.yaml', 'endReason: "6.1"', 'endReason: "ZMH-6.1"');
    await edit('zmh.yaml', 'A12: []', 'A12: [admited]');
    await edit('zmh.yaml', 'A13: [left-cancelled]', 'A01: [left-cancelled]');
    const { code, out } = await check('zmh');
    expect(code).toBe(2);
    expect(out.split('\n').slice(1)).toEqual([
      expect.stringMatching(/zmh\.yaml:16: postcode: PDI is no segment .*; did you mean PID\?$/),
      expect.stringMatching(/zmh\.yaml:21: visit: is not a path such as PID-3 or PV1-19\.1; did you mean PV1-19\?$/),
      expect.stringMatching(/zmh\.yaml:23: leftAt: PV1 has no field 450: the last is 54$/),
      expect.stringMatching(/zmh\.yaml:24: dischargMethod: is not known here; did you mean dischargeMethod\?$/),
      expect.stringMatching(/zmh\.yaml:43: periods\.endReason: is not a field .*; did you mean "6\.1"\?$/),
      expect.stringMatching(/zmh\.yaml:59: triggers\.A12\[1\]: is none of the words for it; did you mean admitted\?$/),
      expect.stringMatching(/zmh\.yaml:60: A01: is written twice, first in line 52; keep one$/),
    ]);
  });

  test('what no single line shows: words without a code, tables without a file, triggers that cannot tell it', async () => {
    await edit('millennium-2.3.yaml', 'Usual Residence: "19"', 'Usual Residence: "91"');
    await edit('millennium-2.3.yaml', 'patient-class:', 'patient-clas:');
    await edit('millennium-2.3.yaml', 'A08: [left-if-stated]', 'A08: [merged]');
    await edit('millennium-2.3.yaml', 'leftAt: PV1-45\n', '');
    await edit('millennium-2.3.yaml', 'A04: []', 'A04: [left-if-stated]');
    const { code, out } = await check('millennium-2.3');
    expect(code).toBe(2);
    expect(out).toMatch(
      /:\d+: words\.patient-clas: there is no code table .*patient-clas\.csv; did you mean patient-class\?/,
    );
    expect(out).toMatch(/:\d+: words\.discharge-destination\.Usual Residence: code "91" .* is not in the table/);
    expect(out).toMatch(/:\d+: triggers\.A08\[1\]: A08 never has MRG, where merged is read from/);
    expect(out).toMatch(/:\d+: triggers\.A04\[1\]: left-if-stated needs leftAt, which the definition does not have/);
  });

  test.each([
    {
      story: 'no way to tell periods apart',
      from: '  madeFrom: [status, from]\n',
      to: '',
      says: 'periods: needs id, or madeFrom',
    },
    {
      story: 'two ways',
      from: 'madeFrom: [status, from]',
      to: 'madeFrom: [status, from]\n  id: "1"',
      says: 'periods.madeFrom: is not needed',
    },
    {
      story: 'two ways of withdrawing',
      from: '  withdrawn: {',
      to: '  action: "11"\n  withdrawn: {',
      says: 'periods.withdrawn: is not needed where action says which rows are withdrawn',
    },
    {
      story: 'a result that is both final and corrected',
      from: 'final: [F, U]',
      to: 'final: [F, C]',
      says: 'periods.resultStatus: C is named twice',
    },
    {
      story: 'any row is a period',
      from: '  where: { path: "3.1", is: [MHASTAT] }\n',
      to: '',
      says: 'periods.segment: needs where',
    },
    {
      story: 'a character set that is none',
      from: 'nhsNumberStatus: PID-32',
      to: 'charset: latin-99',
      says: 'charset: is no character set',
    },
    {
      story: 'a segment in no trigger',
      from: 'segment: OBX',
      to: 'segment: MRG',
      says: 'periods.segment: none of the triggers has MRG',
      without: '  A40: [merged]',
    },
    {
      story: 'a trigger that is none',
      from: 'ORU^R01: []',
      to: 'ORU-R01: []',
      says: 'ORU-R01: is not a trigger event',
    },
    {
      story: 'a list of nothing',
      from: 'eventTime: [EVN-6, EVN-2, MSH-7]',
      to: 'eventTime: []',
      says: 'eventTime: is empty',
    },
    {
      story: 'a number for text',
      from: 'group: "4"',
      to: 'group: 4',
      says: 'periods.group: must be text: write it in quotes',
    },
  ])('$story', async ({ from, to, says, without }) => {
    await edit('obx.yaml', from, to);
    if (without) await edit('obx.yaml', without, '');
    const { code, out } = await check('obx');
    expect({ code, out }).toEqual({ code: 2, out: expect.stringContaining(says) });
  });

  test('words that differ only in capitals or spaces: one would overwrite the other, so each is named', async () => {
    await edit('obx.yaml', '    S3: "03"\n', '    S3: "03"\n    s3: "02"\n    " S3 ": "77"\n');
    const { code, out } = await check('obx');
    expect(code).toBe(2);
    expect(out.split('\n').slice(1)).toEqual([
      expect.stringMatching(/obx\.yaml:\d+: words\.legal-status\.s3: is the word S3 again, .*; keep one$/),
      expect.stringMatching(/obx\.yaml:\d+: words\.legal-status\. S3 : is the word S3 again, .*; keep one$/),
      expect.stringMatching(/obx\.yaml:\d+: words\.legal-status\. S3 : code "77" .* is not in the table/),
    ]);
  });

  test('a word written twice is named beside a mistake of another kind, and where a code table cannot be read', async () => {
    await edit('obx.yaml', '    S3: "03"\n', '    S3: "03"\n    s3: "02"\n');
    await edit('obx.yaml', 'visit: PV1-19.1', 'visit: PV1.19');
    expect((await check('obx')).out).toMatch(/: visit: .*\n.*legal-status\.s3: is the word S3 again/);
    const table = join(folder, 'codes/discharge-method.csv');
    await writeFile(table, `${await readFile(table, 'utf8')},44,New,perhaps,,nhsdd\n`);
    await expect(check('obx')).rejects.toThrow(/visit: .*legal-status\.s3: is the word S3 again/s);
  });

  test.each([
    { story: 'a slip', written: 'fihr', says: 'is no format; did you mean fhir?' },
    { story: 'capitals', written: 'FHIR', says: 'is no format; did you mean fhir?' },
    { story: 'quotes', written: '"fhir"', says: 'is to be written without quotes: format: fhir' },
    { story: 'nothing', written: '', says: 'is no format; there is hl7v2, fhir' },
  ])(
    'a format with $story is the one thing that is named: every other key depends on it',
    async ({ written, says }) => {
      await edit('fhir-ukcore.yaml', 'format: fhir', `format: ${written}`);
      const { code, out } = await check('fhir-ukcore');
      expect(code).toBe(2);
      expect(out.split('\n').slice(1)).toEqual([expect.stringMatching(/fhir-ukcore\.yaml:5: format: /)]);
      expect(out.endsWith(`format: ${says}`)).toBe(true);
    },
  );

  test('several places for one value: a trust of the toolkit that writes the method where others write the destination', async () => {
    await edit(
      'itk-hl7uk.yaml',
      'dischargeDestination: PV1-36',
      'dischargeMethod: PV1-36\ndischargeDestination: [PV1-38, PV1-37]',
    );
    const { code, out } = await check('itk-hl7uk');
    expect(code).toBe(1);
    expect(out).toMatch(/parked-method-in-pv1-36\n {4}outcome: expected "parked", found "interpreted"/);
    expect(out).toMatch(/"kind":"left-hospital".*"leaving":"left","method":"1","destination":"19"/);
  });

  test('"" deletes, unless the definition says that this sender means nothing by it', async () => {
    await edit('millennium-2.3.yaml', 'emptyQuotes: nothing', 'emptyQuotes: delete');
    const { code, out } = await check('millennium-2.3');
    expect(code).toBe(1);
    expect(out).toMatch(/a08-quoted-emptiness\n.*expected nothing, found \{"kind":"died".*"withdrawn":true/);
  });

  test('the character set of a sender that does not name one', async () => {
    await edit('millennium-2.3.yaml', 'charset: 8859/1', 'charset: UNICODE UTF-8');
    expect((await check('millennium-2.3')).out).toMatch(
      /bytes-silent\n {4}outcome: expected "interpreted", found "parked"/,
    );
  });

  test('a code table that is wrong is named with its line, beside what is wrong with the definitions', async () => {
    await edit('zmh.yaml', 'visit: PV1-19.1', 'visit: PV1.19');
    const table = join(folder, 'codes/discharge-method.csv');
    await writeFile(table, `${await readFile(table, 'utf8')},44,New,perhaps,,nhsdd\n`);
    await expect(check('zmh')).rejects.toThrow(/discharge-method\.csv:\d+: died: .*zmh\.yaml:21: visit: /s);
  });

  test('a definition must be called as its file', async () => {
    await edit('zmh.yaml', 'feed: zmh', 'feed: other');
    expect(await check('zmh')).toMatchObject({
      code: 2,
      out: expect.stringMatching(/zmh\.yaml:3: feed: is not the name of the file/),
    });
  });

  test('a changed path shows as a difference, field by field, and the exit code is 1', async () => {
    await edit('zmh.yaml', 'dischargeDestination: PV1-37', 'dischargeDestination: PV1-38');
    const { code, out } = await check('zmh');
    expect(code).toBe(1);
    expect(out).toContain('  a03-prison-older-destination\n    facts[5].leaving: expected "custody", found "left"');
    expect(out).toContain('    facts[5].destination: expected "38", found null');
    expect(out).not.toContain('a28-new-record');
  });

  test('a fact that is missing and a fact too many are shown whole', async () => {
    await edit('zmh.yaml', 'A21: [leave-started]', 'A21: []');
    const { out } = await check('zmh');
    expect(out).toMatch(/a21-leave-begins\n {4}facts\[\d+\]/);
    expect(out).toContain('found nothing');
  });

  test('a message that nobody has explained yet is printed as it was understood, and counts as not as expected', async () => {
    await rm(join(folder, 'feeds/zmh/examples/a03-tribunal-home.facts.json'));
    const { code, out } = await check('zmh');
    expect(code).toBe(1);
    expect(out).toContain('nobody has said what this message means');
    expect(out).toContain('"leaving": "left"');
  });

  test('what was found can be kept, and counts once somebody has read it and written its story', async () => {
    const file = join(folder, 'feeds/zmh/examples/a03-tribunal-home.facts.json');
    const before = JSON.parse(await readFile(file, 'utf8'));
    await rm(file);
    const kept = await check('zmh', '--keep');
    expect({ code: kept.code, err: kept.err }).toEqual({
      code: 1,
      err: expect.stringContaining('a03-tribunal-home.facts.json'),
    });
    expect(await check('zmh')).toMatchObject({ code: 2, out: expect.stringMatching(/facts\.json:2: story: is empty/) });
    await edit('zmh/examples/a03-tribunal-home.facts.json', '"story": ""', '"story": "Home by order of a tribunal."');
    expect(JSON.parse(await readFile(file, 'utf8')).facts).toEqual(before.facts);
    expect(await check('zmh')).toMatchObject({ code: 0 });
  });

  test('expected facts without their message, and a file that is no JSON, are mistakes', async () => {
    const examples = join(folder, 'feeds/zmh/examples');
    await rm(join(examples, 'a28-new-record.hl7'));
    await writeFile(join(examples, 'a12-move-cancelled.facts.json'), '{"story":');
    const { code, out } = await check('zmh');
    expect(code).toBe(2);
    expect(out).toMatch(/a28-new-record\.facts\.json: there is no message a28-new-record beside it/);
    expect(out).toMatch(/a12-move-cancelled\.facts\.json:1: /);
  });

  test('an example may be of a sender in another time zone', async () => {
    await edit('zmh/examples/a03-summer-time.facts.json', '"outcome"', '"timeZone": "UTC", "outcome"');
    const { out } = await check('zmh');
    expect(out).toContain('expected "2026-07-15T21:00:00Z", found "2026-07-15T22:00:00Z"');
  });

  test('a trigger without an example is named', async () => {
    for (const end of ['hl7', 'facts.json']) await rm(join(folder, `feeds/zmh/examples/a44-account-moved.${end}`));
    expect(await check('zmh')).toMatchObject({ code: 0, out: expect.stringContaining('no example shows A44') });
  });

  test('a path at which no example holds anything is named: it may be written wrongly', async () => {
    await edit('zmh.yaml', 'gpPractice: PD1-3.3', 'gpPractice: PD1-4.3');
    expect((await check('zmh')).out).toContain('no example holds anything at gpPractice PD1-4.3');
  });

  test('one fact too few: that fact is named, and not every fact after it', async () => {
    const file = join(folder, 'feeds/zmh/examples/a03-tribunal-home.facts.json');
    const expected = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...expected, facts: expected.facts.slice(1) }));
    const { code, out } = await check('zmh');
    expect(code).toBe(1);
    expect(out.match(/^ {4}facts/gm)).toHaveLength(1);
    expect(out).toMatch(/facts\[1\]: expected nothing, found \{"kind":"demographics"/);
  });

  test('a mistake in the expected facts is named with its line', async () => {
    await edit('zmh/examples/a03-tribunal-home.facts.json', '"outcome": "interpreted"', '"outcom": "interpreted"');
    const { code, out } = await check('zmh');
    expect(code).toBe(2);
    expect(out).toMatch(/a03-tribunal-home\.facts\.json:3: outcom: is not known here; did you mean outcome\?/);
  });

  test('a feed that does not exist, and a word that is no verb', async () => {
    await expect(check('nowhere')).rejects.toMatchObject({ code: 'usage' });
    await expect(run(feedsCommand, ['list'], contextOf(null))).rejects.toMatchObject({ code: 'usage' });
  });
});
