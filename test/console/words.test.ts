import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ageText, londonMidnight, momentText, nhsNumberText, whenTrueText } from '../../src/console/clock.js';
import { factText, statedByText } from '../../src/console/fact-text.js';
import { SHOWN, takeApart } from '../../src/flow/take-apart.js';
import { londonDay } from '../../src/register/day.js';
import type { StatedFact } from '../../src/register/fact.js';
import { leftHospital } from './house.js';

describe('times as people in London read them', () => {
  test('summer and winter', () => {
    expect(momentText('2026-07-01T22:30:00Z')).toBe('1 Jul 2026, 23:30:00');
    expect(momentText('2026-07-01T23:30:00Z')).toBe('2 Jul 2026, 00:30:00');
    expect(momentText('2026-01-01T23:30:00Z')).toBe('1 Jan 2026, 23:30:00');
  });

  test('a fact of a whole day shows no time', () => {
    expect(whenTrueText('2026-07-01T00:00:00Z')).toBe('1 Jul 2026');
    expect(whenTrueText('2026-06-30T23:00:00Z')).toBe('1 Jul 2026');
    expect(whenTrueText('2026-07-01T10:00:00Z')).toBe('1 Jul 2026, 11:00:00');
  });

  test('for all moments: the day began before it, and the day before ended then', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }), (now) => {
        const midnight = londonMidnight(now);
        const day = londonDay(now.toISOString());
        expect(midnight.getTime()).toBeLessThanOrEqual(now.getTime());
        expect(londonDay(midnight.toISOString())).toBe(day);
        expect(londonDay(new Date(midnight.getTime() - 1).toISOString()) < day).toBe(true);
      }),
    );
  });

  test.each([
    ['2026-11-21T12:00:00Z', '0 seconds'],
    ['2026-11-21T11:59:59Z', '1 second'],
    ['2026-11-21T11:01:00Z', '59 minutes'],
    ['2026-11-20T12:00:00Z', '1 day'],
    ['2026-11-21T13:00:00Z', '0 seconds'],
  ])('since %s: %s', (from, age) => {
    expect(ageText(from, new Date('2026-11-21T12:00:00Z'))).toBe(age);
  });

  test('an NHS number is read out in three groups', () => {
    expect(nhsNumberText('9990000018')).toBe('999 000 0018');
  });
});

describe('what a fact says', () => {
  test('where somebody went, with the codes as written', () => {
    expect(factText(leftHospital({ leaving: 'transferred', destination: '51', method: null }))).toBe(
      'left hospital, to other hospital care; method not said, destination 51',
    );
  });

  test('who decided what and for which reasons, and whether the person had a part in it', () => {
    const decision: StatedFact = {
      id: 'f1',
      effectiveAt: '2027-05-01T00:00:00Z',
      nhsNumber: null,
      localIds: [],
      source: { by: 'person', statedBy: { organisation: 'QHL', name: 'A. Officer', role: 'officer' } },
      kind: 'aftercare-decision',
      body: 'council',
      decision: 'no-longer-needed',
      decidedOn: '2027-05-01',
      reasons: ['needs-reassessed-none-remaining'],
      personInvolved: false,
      evidence: null,
    };
    expect(factText(decision)).toBe(
      'council decided no longer needed on 1 May 2027: needs reassessed none remaining; person not involved',
    );
    expect(statedByText(decision)).toBe('A. Officer, officer, QHL');
  });
});

describe('a message taken apart', () => {
  test('by field, as written; MSH counts its own separator', () => {
    expect(
      takeApart(Buffer.from('MSH|^~\\&|EPR||||20260301||ADT^A03|M1\rPID|1||9990000018^^^NHS~7^^^RXT\\T\\\r')).segments,
    ).toEqual([
      {
        line: 1,
        name: 'MSH',
        raw: 'MSH|^~\\&|EPR||||20260301||ADT^A03|M1',
        fields: [
          { position: 'MSH-1', text: '|' },
          { position: 'MSH-2', text: '^~\\&' },
          { position: 'MSH-3', text: 'EPR' },
          { position: 'MSH-7', text: '20260301' },
          { position: 'MSH-9', text: 'ADT^A03' },
          { position: 'MSH-10', text: 'M1' },
        ],
      },
      {
        line: 2,
        name: 'PID',
        raw: 'PID|1||9990000018^^^NHS~7^^^RXT\\T\\',
        fields: [
          { position: 'PID-1', text: '1' },
          { position: 'PID-3', text: '9990000018^^^NHS~7^^^RXT\\T\\' },
        ],
      },
    ]);
  });

  test('with another separator, and in the character set that MSH-18 declares', () => {
    const bytes = Buffer.from('MSH#^~\\&###########P#2.5######8859/1\rPID#####Bront\xeb', 'latin1');
    const withId = Buffer.from(bytes.toString('latin1').replace('###########P', '########M1#P'), 'latin1');
    const fields = takeApart(withId).segments.at(-1)?.fields;
    expect(fields).toEqual([{ position: 'PID-5', text: 'Brontë' }]);
  });

  test('that is none: its lines, so that an engineer sees what came', () => {
    expect(takeApart(Buffer.from('GET / HTTP/1.1\r\n\r\nhello')).segments).toEqual([
      { line: 1, name: '', raw: 'GET / HTTP/1.1', fields: [{ position: '', text: 'GET / HTTP/1.1' }] },
      { line: 3, name: '', raw: 'hello', fields: [{ position: '', text: 'hello' }] },
    ]);
  });

  const HEADER = 'MSH|^~\\&|EPR|RXT||||20260301||ADT^A03|M1|P|2.5\r';

  test('with a million segments: the beginning, and how much is left out', () => {
    const { segments, leftOut } = takeApart(Buffer.from(`${HEADER}${'\r\nZ|1'.repeat(1_000_000)}`));
    expect(segments).toHaveLength(SHOWN.segments);
    expect(leftOut).toEqual({
      bytes: (1_000_001 - SHOWN.segments) * 5 - 2,
      segments: 1_000_001 - SHOWN.segments,
    });
  });

  test('with a document in one field: the segment that is cut is shown as far as it goes, no character halved', () => {
    const document = 'é'.repeat(500_000);
    const { segments, leftOut } = takeApart(Buffer.from(`${HEADER}OBX|1|ED|||x${document}\rZZZ|1\rZZZ|2\r`));
    expect(segments.map(({ name }) => name)).toEqual(['MSH', 'OBX']);
    expect(segments[1]?.fields.at(-1)?.text).toMatch(/^xé+$/);
    expect(leftOut.segments).toBe(2);
    expect(leftOut.bytes).toBeGreaterThan(800_000);
  });

  test('for all bytes: whole, unless it is long', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(takeApart(bytes).leftOut).toEqual({ bytes: 0, segments: 0 });
      }),
    );
  });

  test('for all bytes: nothing is thrown', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void takeApart(bytes)));
  });
});
