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
    /^Back in hospital\nDetained again under a qualifying section on 1 Jun 2026: a duty of the council that still ran ended by that, [^\n]*\nSource: R \(Worcestershire CC\)/m,
  );
  expect(text).toMatch(/^To be decided by people\nWhich council is responsible\?\nDetained again on 1 Jun 2026\. /m);
  expect(text).toMatch(
    /\n- E08000025: Birmingham City Council \(E08000025\) is the responsible council, and [^\n]*\n- E08000029: Solihull [^\n]*\nquestion which-council-[0-9a-f]+$/,
  );
  expect(text).toMatch(/^The detention of 1 Jun 2026 does not move the NHS side, whoever is named for it: /m);
});

test('back in hospital by revocation: the duty waits, it is not said to be one that has yet to begin', () => {
  const order = { ...SECTION_3, to: '', community: 'CTO' as const, communityFrom: '20260301' };
  const revoked = { ...order, community: 'REVOKED' as const, communityFrom: '20260601' };
  const back = { trigger: 'A08', sentAt: '20260603090000', visit: 'V2', periods: [revoked] };
  const text = said([{ ...HOME, periods: [order] }, back], '2026-06-20');
  expect(text).toMatch(
    /: prospective\. Back in hospital by recall or revocation: the aftercare that began on 1 Mar 2026 waits/m,
  );
  expect(text).toMatch(
    /^Aftercare +from 1 Mar 2026: active, and waits while the person is back in hospital, after section 3$/m,
  );
  expect(text).toMatch(/^- first-duty-goes-on: the council of the first duty stays responsible/m);
});

test('readmitted informally while aftercare is owed: that it ends nothing, and which law says so', () => {
  const again = { trigger: 'A01', sentAt: '20260801090000', visit: 'V2', admitted: '20260801' };
  expect(said([HOME, again], '2026-11-21')).toMatch(
    /: active\. Section 117 aftercare is owed, and has been since 1 Mar 2026\. The person is admitted to hospital: that ends nothing by itself\. .*\[2023\] UKSC 31\)\.$/m,
  );
});

test('of whom nothing qualifying is known nobody is responsible, and who was named is no council of theirs', () => {
  const text = said([{ ...HOME, periods: [{ ...SECTION_3, status: '02' }] }], '2026-11-21');
  expect(text).toMatch(/^Council +none, since nothing is known that makes one responsible$/m);
  expect(text).toMatch(/^- no-qualifying-detention: the question is closed; the status stays "not known"/m);
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
    /^Plan +agreed on 2 Mar 2026, led by A Lead \(social worker\); not complete: it lacks a crisis plan, who took part, /m,
  );
});
