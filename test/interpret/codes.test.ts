import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Fault } from '../../src/fault.js';
import { loadCodes } from '../../src/interpret/codes.js';
import { csvFilesIn, readTable } from '../../src/organisations/table.js';

const FOLDER = fileURLToPath(new URL('../../mappings/codes', import.meta.url));
const ENGLAND = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland';
const WALES = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationWales';
const codes = loadCodes(FOLDER);

const bearing = (system: string | null, code: string): string => {
  const answer = codes.legalStatus(system, code);
  return answer.kind === 'mapped' ? answer.value.bearing : answer.kind;
};
const basis = (system: string | null, code: string): string | null => {
  const answer = codes.legalStatus(system, code);
  return answer.kind === 'mapped' ? answer.value.basis : answer.kind;
};

describe('what a legal status says about section 117', () => {
  test.each([
    { code: '03', expected: 's3' },
    { code: '09', expected: 's37-41' },
    { code: '10', expected: 's37' },
    { code: '15', expected: 's47-49' },
    { code: '16', expected: 's47' },
    { code: '17', expected: 's48-49' },
    { code: '18', expected: 's48' },
    { code: '34', expected: 's45A' },
    { code: '37', expected: 's45A' },
    { code: '38', expected: 's45A' },
  ])('England $code qualifies as $expected', ({ code, expected }) => {
    expect(codes.legalStatus(ENGLAND, code)).toMatchObject({
      kind: 'mapped',
      value: { system: ENGLAND, code, bearing: 'yes', basis: expected },
    });
  });

  test.each(['01', '02', '04', '05', '06', '07', '08', '12', '13', '19', '20', '35'])(
    'England %s does not qualify',
    (code) => {
      expect(bearing(ENGLAND, code)).toBe('no');
      expect(basis(ENGLAND, code)).toBeNull();
    },
  );

  test('a person confirms an insanity order, and supervised discharge as what it shows', () => {
    expect(bearing(ENGLAND, '31')).toBe('confirm');
    expect(basis(ENGLAND, '31')).toBe('cpia-hospital-order');
    expect(bearing(ENGLAND, '33')).toBe('confirm');
    expect(basis(ENGLAND, '33')).toBe('other-confirmed');
  });

  test.each(['14', '32', '36', '99'])('England %s is asked about', (code) => {
    expect(bearing(ENGLAND, code)).toBe('ask');
  });

  test('98 teaches nothing', () => {
    expect(bearing(ENGLAND, '98')).toBe('nothing');
    expect(bearing(WALES, '98')).toBe('nothing');
  });
});

describe('one code, two lists', () => {
  test('35 is guardianship in England, a community treatment order in Wales, and a question without a list', () => {
    expect(codes.legalStatus(ENGLAND, '35')).toMatchObject({
      value: { bearing: 'no', text: 'Guardianship under section 7' },
    });
    expect(codes.legalStatus(WALES, '35')).toMatchObject({
      value: { bearing: 'ask', text: 'Community treatment order (section 17A)' },
    });
    expect(bearing(null, '35')).toBe('ask');
    expect(bearing('', '35')).toBe('ask');
  });

  test('every other code without a list is of the England list', () => {
    expect(codes.legalStatus('', '03')).toEqual(codes.legalStatus(ENGLAND, '03'));
    expect(codes.legalStatus(null, '37')).toEqual(codes.legalStatus(ENGLAND, '37'));
  });

  test('short names and older addresses of the lists are the lists', () => {
    expect(codes.legalStatus('MHACT-ENG', '35')).toEqual(codes.legalStatus(ENGLAND, '35'));
    expect(codes.legalStatus('mhact-wal', '35')).toEqual(codes.legalStatus(WALES, '35'));
  });

  test('a list of its own that reuses the digits is not taken for either', () => {
    expect(bearing('https://fhir.nhs.uk/CodeSystem/Ambulance-MentalHealthLegalClass', '02')).toBe('unmapped');
  });

  test('Wales has no 36, 37, 38 or 99; England has no 30', () => {
    for (const code of ['36', '37', '38', '99']) expect(bearing(WALES, code)).toBe('unmapped');
    expect(bearing(WALES, '30')).toBe('ask');
    expect(bearing(ENGLAND, '30')).toBe('unmapped');
  });
});

test.each(['2', '3', ' 3 ', '9'])('the lost leading zero of %j is put back', (code) => {
  expect(codes.legalStatus(ENGLAND, code)).toEqual(codes.legalStatus(ENGLAND, `0${code.trim()}`));
});

test.each(['s37', 'S37', 'Section 37'])('the words %j may be a hospital order or guardianship', (code) => {
  expect(bearing(null, code)).toBe('ask');
});

describe('an unmapped code', () => {
  test('names table, value and the files to mend', () => {
    expect(codes.legalStatus('MHACT-ENG', '77')).toEqual({
      kind: 'unmapped',
      text: 'code "77" of the system "MHACT-ENG" is not in the table legal-status',
      next: 'add a row to mappings/codes/legal-status-england.csv or mappings/codes/legal-status-wales.csv, or a word of this sender alone to its feed definition, restart the service, then run "aftercare replay --parked" (it shows what changes; --apply does it)',
    });
  });

  test.each(['Doe John', 'SMITH', '9990000018', 'B1 1AA'])('does not show %j, which may be about a person', (text) => {
    const answers = [codes.legalStatus(null, text), codes.legalStatus(text, '77'), codes.dischargeDestination(text)];
    for (const answer of answers) expect(JSON.stringify(answer)).not.toContain(text);
  });

  test('of no table says so', () => {
    expect(codes.lookup('ward', null, '1')).toMatchObject({ kind: 'unmapped', text: 'there is no code table ward' });
  });
});

describe('how a stay ended', () => {
  const leaving = (code: string, system?: string) => {
    const answer = codes.dischargeDestination(code, system);
    return answer.kind === 'mapped' ? answer.value.leaving : answer.kind;
  };

  test.each(['19', '29', '54', '55', '56', '65', '66', '85', '88'])(
    'to %s the person left, in either generation of the codes',
    (code) => {
      expect(leaving(code)).toBe('left');
    },
  );

  test.each(['30', '48', '49', '50', '52', '53', '84', '87'])('to %s hospital care goes on', (code) => {
    expect(leaving(code)).toBe('transferred');
  });

  test.each(['38', '40', '42'])('to %s the person is in custody', (code) => {
    expect(leaving(code)).toBe('custody');
  });

  test.each(['51', '98', '99'])('%s does not say', (code) => {
    expect(leaving(code)).toBe('unclear');
  });

  test('79 is a death', () => {
    expect(leaving('79')).toBe('died');
  });

  test('55 is a care home in England and a transfer in Wales', () => {
    expect(leaving('55', 'https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeDestinationWales')).toBe('transferred');
  });

  test.each([
    { code: '4', died: true },
    { code: '5', died: true },
    { code: '1', died: false },
    { code: '2', died: false },
    { code: '3', died: false },
  ])('method $code: died $died', ({ code, died }) => {
    expect(codes.dischargeMethod(code)).toMatchObject({ kind: 'mapped', value: { died } });
  });
});

test.each([
  { code: 'I', expected: 'I' },
  { code: 'INPATIENT', expected: 'I' },
  { code: 'Inpatient', expected: 'I' },
  { code: 'W', expected: 'P' },
  { code: 'E', expected: 'E' },
])('patient class $code is $expected', ({ code, expected }) => {
  expect(codes.patientClass(code)).toEqual({ kind: 'mapped', value: expected });
});

test('a FHIR encounter class is read in its own system', () => {
  expect(codes.patientClass('IMP', 'http://terminology.hl7.org/CodeSystem/v3-ActCode')).toEqual({
    kind: 'mapped',
    value: 'I',
  });
  expect(codes.patientClass('IMP')).toMatchObject({ kind: 'unmapped' });
});

test.each([
  { code: '01', system: null, verified: true },
  { code: '1', system: null, verified: true },
  { code: 'NSTS01', system: null, verified: true },
  { code: 'NSTS02', system: null, verified: false },
  { code: 'Trace in Progress', system: null, verified: false },
  {
    code: '02',
    system: 'https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1',
    verified: false,
  },
  {
    code: 'number-present-and-verified',
    system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus',
    verified: true,
  },
])('NHS number status $code is verified: $verified', ({ code, system, verified }) => {
  expect(codes.nhsNumberStatus(code, system)).toMatchObject({ kind: 'mapped', value: { verified } });
});

test.each(['CTO', 'CD', 'S17', 'RECALL', 'REVOKED', 'AWOL'])('community status %s', (code) => {
  expect(codes.communityStatus(code)).toEqual({ kind: 'mapped', value: code });
});

describe('tables as data', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'codes-'));
    cpSync(FOLDER, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const append = (file: string, line: string) =>
    writeFileSync(join(folder, file), `${readFileSync(join(folder, file), 'utf8')}${line}\n`);
  const lastLine = (file: string) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').length;
  const refusal = (): string => {
    try {
      loadCodes(folder);
    } catch (error) {
      if (error instanceof Fault && error.code === 'config-invalid') return error.detail.text;
      throw error;
    }
    return 'loaded';
  };

  test('a feed brings a table of its own without any code', () => {
    writeFileSync(
      join(folder, 'ward-kind.csv'),
      'system,code,display,kind,source\n,W1,Ward one,rehabilitation,trust\n',
    );
    append('systems.csv', 'ward-kind,EPR-WARDS,local,trust');
    const loaded = loadCodes(folder);
    expect(loaded.lookup('ward-kind', null, 'w1')).toMatchObject({ kind: 'mapped', value: { kind: 'rehabilitation' } });
    expect(loaded.lookup('ward-kind', null, 'W2')).toMatchObject({
      kind: 'unmapped',
      next: expect.stringContaining('ward-kind.csv'),
    });
    expect(loaded.version).not.toBe(codes.version);
  });

  test.each([
    { file: 'legal-status-england.csv', line: `${ENGLAND},77,New,yes,,,x`, says: 'basis: is needed' },
    { file: 'legal-status-england.csv', line: `${ENGLAND},77,New,maybe,,,x`, says: 'bearing:' },
    { file: 'legal-status-england.csv', line: `${ENGLAND},7,New,no,,,x`, says: 'code: has lost its leading zero' },
    {
      file: 'legal-status-wales.csv',
      line: `${WALES},03,Again,no,,,x`,
      says: '03: is also in legal-status-wales.csv:',
    },
    { file: 'discharge-method.csv', line: 's,44,New,perhaps,,x', says: 'died:' },
    { file: 'discharge-destination.csv', line: 's,44,New,gone,,x', says: 'leaving:' },
    { file: 'nhs-number-status.csv', line: 's,44,New,yes,', says: 'source: name at least one source key' },
    { file: 'community-status.csv', line: 's,LEAVE,New,x', says: 'code:' },
  ])('$file: a mistake is named by its line: $says', ({ file, line, says }) => {
    append(file, line);
    expect(refusal()).toContain(`${file}:${lastLine(file)}: ${says}`);
  });

  test('a wrong heading is one mistake, at the first line, and not one in every row', () => {
    const file = join(folder, 'patient-class.csv');
    writeFileSync(file, readFileSync(file, 'utf8').replace('display', 'displai'));
    expect(refusal().split('\n').slice(1)).toEqual([
      'patient-class.csv:1: there is no column display',
      'patient-class.csv:1: the column displai means nothing here',
    ]);
  });

  test('an alias for a table that does not exist, a file and a folder that are missing', () => {
    append('systems.csv', 'wards,X,y,trust');
    expect(refusal()).toContain(`systems.csv:${lastLine('systems.csv')}: there is no table wards`);
    rmSync(join(folder, 'discharge-method.csv'));
    expect(refusal()).toContain('discharge-method.csv: is missing');
    expect(() => loadCodes(join(folder, 'nowhere'))).toThrow(/config-invalid: .*nowhere.*missing/s);
  });
});

test('every source key is explained', () => {
  const page = readFileSync(join(FOLDER, '../README.md'), 'utf8');
  const rows = csvFilesIn(FOLDER).flatMap(
    (file) => readTable(join(FOLDER, file), z.record(z.string(), z.string())).rows,
  );
  const keys = new Set(rows.flatMap((row) => row.value.source?.split(' ') ?? 'no source'));
  for (const key of keys) expect(page).toContain(`\`${key}\``);
});

test('the version is that of the contents', () => {
  expect(loadCodes(FOLDER).version).toBe(codes.version);
});
