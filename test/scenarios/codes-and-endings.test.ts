import { describe, expect, test } from '@jest/globals';
import { type Adt, adt, HOME as home, SECTION_3 } from './adt.js';
import { kindsOf, onlyRow, sent, tell } from './tell.js';

const decision = (body: string, decidedOn: string, more: object = {}) => ({
  kind: 'aftercare-decision',
  body,
  decision: 'no-longer-needed',
  decidedOn,
  reasons: ['needs-reassessed-none-remaining'],
  personInvolved: true,
  ...more,
});

describe('codes that do not say what they seem to', () => {
  test('14: code 36, guardianship under section 37, activates nothing', () => {
    const told = tell([{ ...home, periods: [{ ...SECTION_3, status: '36' }] }]);
    expect(onlyRow(told).status).toBe('not-known');
    expect(kindsOf(onlyRow(told)).length).toBeGreaterThan(0);
    expect(told.publications).toEqual([]);
  });

  test.each([
    ['no system', ''],
    ['the Welsh list', 'MHACT-WAL'],
  ])('15: code 35 with %s is never guessed to be guardianship or a community treatment order', (_what, system) => {
    const row = onlyRow(tell([{ ...home, periods: [{ ...SECTION_3, status: '35', system }] }]));
    expect(row.status).toBe('not-known');
    expect(kindsOf(row)).toEqual(['legal-status-unclear']);
    expect(row.concurrent).toEqual([]);
  });

  test('a hospital order of the Insanity Act counts once a person has confirmed what it was', () => {
    const order = { ...home, periods: [{ ...SECTION_3, status: '31' }] };
    const asked = onlyRow(tell([order]));
    expect(asked.questions).toMatchObject([
      { kind: 'legal-status-unclear', options: ['qualifies', 'does-not-qualify'] },
    ]);
    expect(asked.because.map(({ rule }) => rule)).toContain('insanity-act-hospital-order');
    const answer = (option: string) => ({
      kind: 'answer',
      question: asked.questions[0]?.id,
      option,
      because: 'the order',
    });
    expect(onlyRow(tell([order], '2026-11-21', [answer('qualifies')]))).toMatchObject({
      status: 'active',
      questions: [],
      episodes: [{ qualifying: [{ basis: 'cpia-hospital-order' }] }],
    });
    expect(onlyRow(tell([order], '2026-11-21', [answer('does-not-qualify')])).status).toBe('not-known');
  });

  test('26: an old CCG code, live in 2026: kept as written, followed to the body that answers today', () => {
    const told = tell([{ ...home, periods: [{ ...SECTION_3, council: 'E10000012', commissioner: '06T' }] }]);
    expect(onlyRow(told).icb).toMatchObject({ code: 'D7T5G', asWritten: '06T', standing: 'provisional' });
  });

  test('a body that was split is never guessed: a question names the candidates, and the person stays active', () => {
    const row = onlyRow(tell([{ ...home, periods: [{ ...SECTION_3, commissioner: 'D4U1Y' }] }]));
    expect(row).toMatchObject({ status: 'active', icb: { code: null, asWritten: 'D4U1Y', standing: 'unknown' } });
    const question = row.questions.find(({ kind }) => kind === 'body-split');
    expect(question?.options).toEqual(['QRL', 'S0E4D', 'S9B9J']);
  });

  test('an unmapped legal status parks the message and names field, value and file', () => {
    const told = tell([{ ...home, periods: [{ ...SECTION_3, status: '77' }] }]);
    expect(told.messages[0]).toMatchObject({ outcome: 'parked', fault: { code: 'code-unmapped' }, facts: [] });
    expect(told.messages[0]?.fault?.where).toBe('ZMH(line 5)-3.1');
    expect(told.messages[0]?.fault?.text).toContain('77');
    expect(told.messages[0]?.fault?.next).toContain('mappings/codes/legal-status-england.csv');
  });
});

test('a discharge that was cut short before its PV1 is parked: half a message can mislead', () => {
  const cut = adt(home).replace(/\rPV1.*$/s, '');
  const told = tell([cut]);
  expect(told.messages[0]).toMatchObject({
    outcome: 'parked',
    fault: { code: 'field-missing', where: 'PV1' },
    facts: [],
  });
});

describe('endings', () => {
  test('24: the trust says aftercare ended, the council is silent: stays active, the ending is proposed', () => {
    const told = tell([home], '2026-11-21', [decision('trust', '2026-05-01')]);
    expect(onlyRow(told).status).toBe('active');
    expect(kindsOf(onlyRow(told))).toEqual(['ending-proposed']);
    expect(sent(told)).toEqual(['E08000025: Flag active, CarePlan draft']);
  });

  test('24: one of the two bodies has decided: stays active, the other is asked', () => {
    const row = onlyRow(tell([home], '2026-11-21', [decision('icb', '2026-05-01')]));
    expect(row.status).toBe('active');
    expect(kindsOf(row)).toEqual(['ending-incomplete']);
  });

  test('25: the council closes the case because no services are needed: stays active', () => {
    const closed = decision('council', '2026-05-01', { reasons: ['no-services-at-present'] });
    const row = onlyRow(tell([home], '2026-11-21', [closed, decision('icb', '2026-05-02')]));
    expect(row.status).toBe('active');
    expect(kindsOf(row)).toEqual(['ending-incomplete', 'ending-proposed']);
  });

  test('both bodies decide about current needs, with the person involved: ended on the later day', () => {
    const told = tell([home], '2026-11-21', [decision('council', '2026-05-01'), decision('icb', '2026-05-09')]);
    expect(onlyRow(told)).toMatchObject({
      status: 'ended',
      episodes: [{ status: 'ended', to: '2026-05-09', endedBy: 'joint-decision' }],
    });
    expect(sent(told)).toEqual(['E08000025: Flag inactive, CarePlan completed']);
  });

  test('an ending that came too early is taken back by reinstatement', () => {
    const back = { kind: 'reinstated', from: '2026-06-01', reason: 'the reassessment had left out a need' };
    const told = tell([home], '2026-11-21', [decision('council', '2026-05-01'), decision('icb', '2026-05-09'), back]);
    expect(onlyRow(told)).toMatchObject({ status: 'active', episodes: [{ status: 'active', to: null }] });
  });

  test('10 in part: a new section 3 while owed: the old episode is superseded, the new council comes in, the ICB stays', () => {
    const again: Adt = {
      trigger: 'A03',
      sentAt: '20260801100000',
      visit: 'V2',
      admitted: '20260601',
      left: '20260801',
      destination: '19',
      periods: [
        { ...SECTION_3, id: 'P2', from: '20260601', to: '20260720', council: 'E08000029', commissioner: undefined },
      ],
    };
    const told = tell([home, again]);
    expect(onlyRow(told)).toMatchObject({
      status: 'active',
      episodes: [
        { status: 'superseded', from: '2026-03-01', to: '2026-06-01', endedBy: 'redetained' },
        { status: 'active', from: '2026-08-01' },
      ],
      council: { code: 'E08000029' },
      icb: { code: 'QHL' },
    });
    expect(sent(told)).toEqual([
      'E08000025: Flag inactive, CarePlan revoked',
      'E08000029: Flag active, CarePlan draft',
    ]);
  });

  test('a dispute about who never changes whether: each candidate is told, saying so', () => {
    const disputed = {
      kind: 'council-determined',
      effectiveOn: '2026-03-01',
      council: 'E08000029',
      standing: 'disputed',
      basis: 'sent-on-discharge',
    };
    const told = tell([home], '2026-11-21', [disputed]);
    expect(onlyRow(told)).toMatchObject({ status: 'active', council: { standing: 'disputed' } });
    expect(sent(told)).toEqual(['E08000025: Flag active, CarePlan draft', 'E08000029: Flag active, CarePlan draft']);
  });
});
