import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { loadCodes } from '../../src/interpret/codes.js';
import { dayIn } from '../../src/interpret/load-date.js';
import { readLoadMapping } from '../../src/interpret/load-mapping.js';
import { COUNCIL, OFFICE, written } from './sheets.js';

const codes = loadCodes(fileURLToPath(new URL('../../mappings/codes', import.meta.url)));

const WHOLE = `title: A list
statedBy: { organisation: RXT, name: An office, role: administrator }
dates: { formats: [DD/MM/YYYY] }
person: { nhsNumber: Number }
words:
  sections:
    S3: "03"
facts:
  - kind: detention
    section: { column: Section, words: sections, system: MHACT-ENG }
    from: { column: From }
    certainty: { value: papers-seen }
`;

/** What is said of the mapping with some of its text put otherwise: \`line: what\`. */
function mistakesWith(...changes: [from: string, to: string][]): string[] {
  const text = changes.reduce((whole, [from, to]) => {
    if (!whole.includes(from)) throw new Error(`no ${from} in the mapping`);
    return whole.replace(from, to);
  }, WHOLE);
  const file = written('mapping.yaml', text);
  const read = readLoadMapping(file, codes);
  return read.kind === 'mistakes' ? read.mistakes.map((mistake) => mistake.slice(file.length + 1)) : [];
}

describe('a mapping', () => {
  test.each([OFFICE, COUNCIL])('%s is one', (file) => {
    expect(readLoadMapping(file, codes)).toMatchObject({ kind: 'mapping' });
  });

  test('all mistakes are named at once, each with its line', () => {
    const mistakes = mistakesWith(
      ['title: A list\n', ''],
      ['[DD/MM/YYYY]', '[MM/DD/YYYY]'],
      ['nhsNumber: Number', 'nhs: Number'],
      ['"03"', '03'],
    );
    expect(mistakes).toEqual([
      expect.stringMatching(/^1: title: is missing/),
      expect.stringMatching(/^2: dates.formats\[1\]: is none of YYYY-MM-DD, DD\/MM\/YYYY/),
      expect.stringMatching(/^3: person.nhsNumber: is missing/),
      expect.stringMatching(/^3: person.nhs: is not a setting here/),
      expect.stringMatching(/^6: words.sections.S3: .*write codes in quotes/),
    ]);
  });

  test('codes, words and constants are checked also where the shape is wrong, so that one run names everything', () => {
    const mistakes = mistakesWith(
      ['title: A list\n', ''],
      ['"03"', '"77"\n    " s3": "03"'],
      ['    from: { column: From }\n', '    from: { colum: From }\n'],
      ['{ value: papers-seen }', '{ value: sure }'],
    );
    expect(mistakes).toEqual([
      expect.stringMatching(/^1: title: is missing/),
      expect.stringMatching(/^6: words.sections.S3: code "77".*not in the table/),
      expect.stringMatching(/^7: words.sections. s3: stands twice/),
      expect.stringMatching(/^11: facts\[1\].from: give it a column/),
      expect.stringMatching(/^11: facts\[1\].from.colum: is not a setting here/),
      expect.stringMatching(
        /^12: facts\[1\].certainty: is none of papers-seen, record-seen, feed-stated, inferred, reported/,
      ),
    ]);
  });

  const DETERMINED = `  - kind: council-determined
    effectiveOn: { column: From }
    council: { value: E08000025 }
`;

  test.each<{ story: string; fact: string; list?: string; says: RegExp }>([
    {
      story: 'a standing that is none',
      fact: `${DETERMINED}    standing: { value: agred }`,
      says: /^16: facts\[2\].standing: is none of agreed, provisional, disputed, unknown/,
    },
    {
      story: 'a list of standings with one that is none',
      fact: `${DETERMINED}    standing: { column: Standing, words: standings }`,
      list: '{ Agreed: agreed, Perhaps: mabye }',
      says: /^8: words.standings.Perhaps: is none of agreed, provisional/,
    },
    {
      story: 'a council that is no code',
      fact: `${DETERMINED.replace('E08000025', 'Birmingham City')}    standing: { value: agreed }`,
      says: /^15: facts\[2\].council: is not a code/,
    },
    {
      story: 'an amount that is none',
      fact: '  - { kind: charge, from: { column: From }, amountPerWeek: { value: plenty }, for: { value: care } }',
      says: /^13: facts\[2\].amountPerWeek: is not an amount/,
    },
    {
      story: 'a reason that the Act does not know',
      fact: `  - kind: aftercare-decision
    body: { value: council }
    decision: { value: no-longer-needed }
    decidedOn: { column: From }
    reasons: { value: [settled, moved] }
    personInvolved: { value: true }`,
      says: /^17: facts\[2\].reasons: is none of needs-reassessed-none-remaining/,
    },
    {
      story: 'a section that the code tables do not know, the same in every row',
      fact: `  - kind: detention
    section: { value: { system: MHACT-ENG, code: "77" } }
    from: { column: From }
    certainty: { value: reported }`,
      says: /^14: facts\[2\].section: code "77".*not in the table/,
    },
  ])('$story', ({ fact, list, says }) => {
    const listed: [string, string][] = list ? [['    S3: "03"\n', `    S3: "03"\n  standings: ${list}\n`]] : [];
    const end = '    certainty: { value: papers-seen }\n';
    expect(mistakesWith(...listed, [end, `${end}${fact}\n`])).toEqual([expect.stringMatching(says)]);
  });

  test.each<{ story: string; change: [string, string]; says: RegExp }>([
    {
      story: 'a kind that no sheet may state',
      change: ['kind: detention', 'kind: withdrawn'],
      says: /^9: facts\[1\].kind: is none of detention/,
    },
    {
      story: 'a field of another kind',
      change: ['    certainty', '    on: { column: From }\n    certainty'],
      says: /facts\[1\].on: is not a setting here/,
    },
    {
      story: 'a field left out',
      change: ['    from: { column: From }\n', ''],
      says: /^9: facts\[1\].from: is missing/,
    },
    {
      story: 'a list that is not there',
      change: ['words: sections,', 'words: section,'],
      says: /^10: facts\[1\].section: there is no list section/,
    },
    {
      story: 'codes without their system',
      change: [', system: MHACT-ENG', ''],
      says: /^10: facts\[1\].section: a word of sections does not fit/,
    },
    {
      story: 'a section that the code tables do not know',
      change: ['"03"', '"77"'],
      says: /^7: words.sections.S3: code "77".*not in the table/,
    },
    {
      story: 'two digits without a rule',
      change: ['[DD/MM/YYYY]', '[DD/MM/YY]'],
      says: /^3: dates: .*twoDigitYearsFrom/,
    },
    {
      story: 'one word twice',
      change: ['    S3: "03"\n', '    S3: "03"\n    " s3": "02"\n'],
      says: /^8: words.sections. s3: stands twice/,
    },
    {
      story: 'a day that is always the same',
      change: ['{ column: From }', '{ value: "1984-05-01" }'],
      says: /^11: facts\[1\].from: .*a day comes from a column/,
    },
    {
      story: 'both a column and a value',
      change: ['{ value: papers-seen }', '{ value: x, column: Y }'],
      says: /^12: facts\[1\].certainty: give it a column, or a value/,
    },
    {
      story: 'a key twice',
      change: ['title: A list', 'title: A list\ntitle: B'],
      says: /^2: title: is written twice, first in line 1/,
    },
  ])('$story', ({ change, says }) => {
    expect(mistakesWith(change)).toEqual([expect.stringMatching(says)]);
  });
});

describe('a day as a spreadsheet writes it', () => {
  const rule = { formats: ['DD/MM/YYYY', 'DD-Mon-YY', 'excel-1900'] as const, twoDigitYearsFrom: 1935 };

  test.each([
    ['01/05/1984', '1984-05-01'],
    ['1/5/1984', '1984-05-01'],
    ['01-May-84', '1984-05-01'],
    ['1 september 35', '1935-09-01'],
    ['31-Dec-34', '2034-12-31'],
    ['29/02/2000', '2000-02-29'],
    ['30803', '1984-05-01'],
    ['30803.5', '1984-05-01'],
    ['01/05/1984 00:00', '1984-05-01'],
  ])('%s is %s', (written, day) => {
    expect(dayIn(written, rule)).toBe(day);
  });

  test.each(['29/02/1900', '31/04/1984', '5/31/1984', '1984-05-01', '01/05/84', '01-Foo-84', '12', '60', '840501', ''])(
    '%s is none',
    (written) => {
      expect(dayIn(written, rule)).toBeNull();
    },
  );

  test.each(['1984', '2026', '1984.0', '9999'])('%s may be a year, and is no day', (written) => {
    expect(dayIn(written, rule)).toBeNull();
    expect(dayIn(written, { formats: ['excel-1904'], twoDigitYearsFrom: null })).toBeNull();
  });

  test('the 1904 calendar begins four years and a day later', () => {
    expect(dayIn('30803', { formats: ['excel-1904'], twoDigitYearsFrom: null })).toBe('1988-05-02');
  });
});
