import { expect, test } from '@jest/globals';
import { printEntry } from '../../src/commands/person-text.js';
import { HOME, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tell } from '../scenarios/tell.js';

const SOLIHULL = 'E08000029';

function said(...story: Parameters<typeof tell>): string {
  const lines: string[] = [];
  for (const entry of tell(...story).register) printEntry(entry, (line) => lines.push(line.trim()));
  return lines.join('\n');
}

test('detained again in another area: whose the earlier duty was, whose the new one is, and why it is asked about', () => {
  const again = { ...SECTION_3, id: 'P2', from: '20260601', to: '20260720', council: SOLIHULL };
  const there = { ...HOME, visit: 'V2', sentAt: '20260801100500', admitted: '20260601', left: '20260801100000' };
  const text = said([HOME, { ...there, periods: [again] }], '2026-11-21');
  expect(text).toMatch(
    /^Aftercare +from 1 Mar 2026 to 1 Jun 2026: superseded by a new detention, after section 3 \(Birmingham City Council\)$/m,
  );
  expect(text).toMatch(/^Aftercare +from 1 Aug 2026: active, after section 3$/m);
  expect(text).toMatch(/^Council +Solihull Metropolitan Borough Council \(E08000029\), provisional/m);
  expect(text).toMatch(
    /^Back in hospital\nDetained again under a qualifying section on 1 Jun 2026\.\nR \(Worcestershire CC\)/m,
  );
  expect(text).toMatch(/^To be decided by people\nWhich council is responsible\? Detained again on 1 Jun 2026\. /m);
  expect(text).toMatch(/\nanswer E08000025 or E08000029; question which-council-[0-9a-f]+$/);
});

test('a plan says who leads it and what it lacks', () => {
  const plan: Stated = {
    kind: 'plan',
    agreedOn: '2026-03-02',
    lead: { name: 'A Lead', role: 'social worker' },
    needs: [{ text: 'a home', services: [{ text: 'a flat', provider: null, fundedBy: 's117' }] }],
    reviewDue: '2026-09-02',
  };
  expect(said([HOME], '2026-03-05', [plan])).toMatch(
    /^Plan +agreed on 2 Mar 2026, led by A Lead \(social worker\); it lacks a crisis plan, who took part, /m,
  );
});
