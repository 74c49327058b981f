import { describe, expect, test } from '@jest/globals';
import { fold } from '../../src/register/fold.js';
import { personsOf } from '../../src/register/identity.js';
import { type Adt, HOME, SECTION_3 } from './adt.js';
import { kindsOf, onlyRow, type Stated, tablesWith, tell, told } from './tell.js';

const TODAY = '2026-11-21';
const COUNCIL = { organisation: 'E08000025', name: 'Ada Example', role: 'team manager' };
const ICB = { organisation: 'QHL', name: 'Bo Sample', role: 'head of mental health' };

const decision = (body: string, decidedOn: string, statedBy: object, over: object = {}): Stated => ({
  kind: 'aftercare-decision',
  body,
  decision: 'no-longer-needed',
  decidedOn,
  reasons: ['needs-reassessed-none-remaining'],
  personInvolved: true,
  statedBy,
  ...over,
});
const row = (...stated: Stated[]) => onlyRow(tell([HOME], TODAY, stated));
const textOf = ({ questions }: ReturnType<typeof row>): string => questions.map(({ text }) => text).join('\n');

describe('ending takes two', () => {
  test('each body’s decision, by two people: ended on the later day', () => {
    const both = row(decision('council', '2026-10-01', COUNCIL), decision('icb', '2026-10-05', ICB));
    expect(both).toMatchObject({ status: 'ended', questions: [], episodes: [{ to: '2026-10-05' }] });
  });

  test('one person cannot decide for both bodies: asked whether they are two, active meanwhile', () => {
    const asked = row(
      decision('council', '2026-10-01', COUNCIL),
      decision('icb', '2026-10-05', { ...ICB, name: ' ADA  example' }),
    );
    expect(asked.status).toBe('active');
    expect(textOf(asked)).toMatch(/one person's name.*117\(2\)/);
    const [question] = asked.questions.filter(({ kind }) => kind === 'ending-proposed');
    const answer = { kind: 'answer', question: question?.id, option: 'two-people', because: 'they are namesakes' };
    const answered = row(
      decision('council', '2026-10-01', COUNCIL),
      decision('icb', '2026-10-05', { ...ICB, name: ' ADA  example' }),
      answer,
    );
    expect(answered).toMatchObject({ status: 'ended', questions: [] });
  });

  test('an officer of the council does not decide for the ICB, nor the other way round', () => {
    const forIcb = row(
      decision('council', '2026-10-01', COUNCIL),
      decision('icb', '2026-10-05', { ...COUNCIL, name: 'Cy' }),
    );
    expect(forIcb.status).toBe('active');
    expect(kindsOf(forIcb).sort()).toEqual(['ending-incomplete', 'ending-proposed']);
    expect(textOf(forIcb)).toContain('E08000025 is a council and cannot decide for the ICB');
    expect(textOf(row(decision('council', '2026-10-01', ICB)))).toContain('QHL is an NHS body');
  });

  test.each([
    ['E08000025', 'QHL'],
    ['406', 'QHL'],
  ])(
    'a council and an ICB whose systems send plans, by whatever code (%s, %s), decide as others do',
    (council, icb) => {
      const plans = [council, icb].map((ods) => ({ ods, name: 'A body', feed: 'fhir-council' }));
      const connected = tablesWith({ senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }, ...plans] });
      const both = [
        decision('council', '2026-10-01', { ...COUNCIL, organisation: council }),
        decision('icb', '2026-10-05', { ...ICB, organisation: icb }),
      ];
      expect(onlyRow(tell([HOME], TODAY, both, connected))).toMatchObject({ status: 'ended', questions: [] });
      const byTrust = decision('icb', '2026-10-05', { ...ICB, organisation: 'RXT' });
      expect(textOf(onlyRow(tell([HOME], TODAY, [byTrust], connected)))).toContain('RXT is a trust and proposes');
    },
  );

  describe('a name or code is the same however it is spelled', () => {
    const of = (organisation: string, name: string) => ({ organisation, name, role: 'panel' });
    const byBoth = (council: object, icb: object) =>
      row(decision('council', '2026-10-01', council), decision('icb', '2026-10-05', icb));

    test.each([['rxt'], [' RXT '], ['RXT\u200b'], ['\uff32\uff38\uff34'], ['A trust'], ['a\u00a0Trust']])(
      'a trust ends nothing alone, though two of its people decide as %j',
      (written) => {
        const asked = byBoth(of(written, 'Ann Lee'), of(written, 'Bob Ray'));
        expect(asked.status).toBe('active');
        expect(asked.questions.map(({ text }) => text)).toEqual([
          expect.stringContaining('RXT is a trust and proposes'),
          expect.stringContaining('RXT is a trust and proposes'),
        ]);
      },
    );

    test.each([
      ['R X T'],
      ['(RXT).'],
      ['RXT, Northern wards'],
      ['RXT for QHL and E08000025'],
      ['RRE'],
      ['r-r-e'],
      ['Birmingham & Solihull Mental Health NHS Foundation Trust'],
    ])('nor any trust that the tables know, by code or by name: %j', (written) => {
      const asked = byBoth(of(written, 'Ann Lee'), of(written, 'Bob Ray'));
      expect(asked.status).toBe('active');
      expect(asked.questions.map(({ text }) => text.includes('is a trust and proposes'))).toEqual([true, true]);
    });

    test('a body that is known is the same under the name that the tables give it', () => {
      const council = of('Birmingham City Council', 'Ann Lee');
      expect(byBoth(council, of('NHS Birmingham & Solihull Integrated Care Board', 'Bo')).status).toBe('ended');
      expect(byBoth(council, of('E54000055', 'Bo')).status).toBe('ended');
      expect(textOf(byBoth(council, of('Birmingham City Council', 'Bo')))).toContain('cannot decide for the ICB');
      expect(textOf(byBoth(council, of('E54000062', 'Bo')))).toContain('was never named as the ICB');
      expect(byBoth(of('Adults, Birmingham (E08000025)', 'Ann Lee'), of('QHL, aftercare', 'Bo')).status).toBe('ended');
      expect(textOf(byBoth(of('ICB QHL', 'Ann Lee'), ICB))).toContain('cannot decide for the council');
      expect(byBoth(of('Panel 111', 'Ann Lee'), ICB).status).toBe('ended');
      expect(textOf(byBoth(of('Solihull Metropolitan Borough Council', 'Ann Lee'), ICB))).toContain('was never named');
    });

    test('one organisation in words is asked about, whoever decided in it', () => {
      const both = [
        decision('council', '2026-10-01', of('The Wards’ Panel', 'Ann Lee')),
        decision('icb', '2026-10-05', of('the wards panel', 'Bob Ray')),
      ];
      const asked = row(...both);
      expect(asked.status).toBe('active');
      const [question] = asked.questions.filter(({ kind }) => kind === 'ending-proposed');
      expect(question).toMatchObject({ options: ['two-bodies'], text: expect.stringMatching(/one organisation.*117/) });
      const answer = { kind: 'answer', question: question?.id, option: 'two-bodies', because: 'a joint panel' };
      expect(row(...both, answer)).toMatchObject({ status: 'ended', questions: [] });
    });

    test.each([
      ['Pat O\u2019Brien', "Pat O'Brien"],
      ['Pat O\u00b4Brien', 'PAT OBRIEN'],
      ['Ann Smith\u2010Jones', 'Ann Smith-Jones'],
      ['Ann Smith Jones', 'Ann Smith-Jones'],
      ['Zo\u00eb Lee', 'Zoe Lee'],
      ['Lee, Ann', 'Ann Lee'],
      ['Dr Ann Lee', 'Ann Lee.'],
      ['A. Lee', 'Ann Lee'],
      ['Abe, A', 'Ann Abe'],
    ])('%j may be the person %j: asked', (one, other) => {
      const asked = byBoth({ ...COUNCIL, name: one }, { ...ICB, name: other });
      expect(asked.status).toBe('active');
      expect(textOf(asked)).toContain("one person's name");
    });

    test.each([
      ['Ann Lee', 'Amy Lee'],
      ['A. Lee', 'Bo Lee'],
      ['A B', 'Ann Bee'],
      ['Ann Lee', 'Ann May Lee'],
      ['Officer of the council', 'Officer of the ICB'],
    ])('%j and %j are two', (one, other) => {
      expect(byBoth({ ...COUNCIL, name: one }, { ...ICB, name: other }).status).toBe('ended');
    });

    test.each([['Ann\u200b Lee'], ['\ufeffANN LEE\u200d'], ['Ann\u00ad lee'], ['\uff21nn\u2003Lee']])(
      'one person is one person as %j too',
      (written) => {
        const asked = byBoth({ ...COUNCIL, name: 'Ann Lee' }, { ...ICB, name: written });
        expect(asked.status).toBe('active');
        expect(textOf(asked)).toContain("one person's name");
      },
    );

    test.each([['e08000029'], ['E080000\u200b29']])(
      'a council that nobody named is a stranger as %j too',
      (written) => {
        const asked = byBoth(of(written, 'Cy Specimen'), ICB);
        expect(asked.status).toBe('active');
        expect(textOf(asked)).toContain('was never named as the council of this aftercare');
        expect(byBoth({ ...COUNCIL, organisation: ' e08000025\u200b' }, ICB).status).toBe('ended');
      },
    );

    test('a trust that sent messages is one also where the site file has it no more', () => {
      const both = [
        decision('council', '2026-10-01', of('RXT', 'Ann Lee')),
        decision('icb', '2026-10-05', of('RXT', 'Bob Ray')),
      ];
      const { messages, facts } = told([HOME], both);
      const [person] = personsOf([...messages, ...facts]);
      const { site, directory } = tablesWith({ senders: [{ ods: 'RXX', name: 'Another trust', feed: 'zmh' }] });
      if (!person) throw new Error('nobody');
      expect(fold(person, directory, site, TODAY).status).toBe('active');
    });

    test('a council that sends its plans here is no trust: its decision counts', () => {
      const council = { ods: '406', name: 'Birmingham City Council', feed: 'zmh' };
      const senders = tablesWith({ senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }, council] });
      for (const organisation of ['406', council.name]) {
        const stated = [
          decision('council', '2026-10-01', { ...COUNCIL, organisation }),
          decision('icb', '2026-10-05', ICB),
        ];
        expect(onlyRow(tell([HOME], TODAY, stated, senders)).status).toBe('ended');
      }
    });
  });

  describe('a council other than the responsible one', () => {
    const SOLIHULL = { organisation: 'E08000029', name: 'Cy Specimen', role: 'team manager' };
    const byOther = [decision('council', '2026-10-01', SOLIHULL), decision('icb', '2026-10-05', ICB)];
    const determined = (council: string, effectiveOn: string, standing = 'agreed'): Stated => ({
      kind: 'council-determined',
      effectiveOn,
      council,
      standing,
      basis: 'ordinarily-resident-before-detention',
    });

    test('a council that nobody named proposes; its decision counts once it is recorded as the responsible one', () => {
      const asked = row(...byOther);
      expect(asked.status).toBe('active');
      expect(kindsOf(asked)).toEqual(['ending-incomplete', 'ending-proposed']);
      expect(textOf(asked)).toContain('E08000029 was never named as the council of this aftercare');
      expect(row(...byOther, determined('E08000029', '2026-04-01')).status).toBe('ended');
    });

    test('who was responsible when it decided goes on counting', () => {
      const ended = [decision('council', '2026-10-01', COUNCIL), decision('icb', '2026-10-05', ICB)];
      expect(row(...ended, determined('E08000029', '2026-11-01')).status).toBe('ended');
    });

    test('named by a dispute alone it ends nothing, until the dispute is answered for it', () => {
      const disputed = determined('E08000029', '2026-04-01', 'disputed');
      const asked = row(...byOther, disputed);
      expect(asked.status).toBe('active');
      const question = asked.questions.find(({ kind }) => kind === 'council-disputed');
      const answer = { kind: 'answer', question: question?.id, option: 'E08000029', because: 'agreed' };
      expect(row(...byOther, disputed, answer).status).toBe('ended');
    });

    test('where nobody was named, or the organisation is in words, it is believed', () => {
      const unnamed = { ...HOME, periods: [{ ...SECTION_3, council: undefined }] };
      expect(onlyRow(tell([unnamed], TODAY, byOther)).status).toBe('ended');
      const inWords = decision('council', '2026-10-01', { ...SOLIHULL, organisation: 'Solihull Council' });
      expect(row(inWords, decision('icb', '2026-10-05', ICB)).status).toBe('ended');
    });

    test('under the code of its successor, or of what it was before, it is the same council', () => {
      const yorkshire = { ...HOME, periods: [{ ...SECTION_3, council: 'E10000023' }] };
      const since = { organisation: 'E06000065', name: 'Cy Specimen', role: 'team manager' };
      const stated = [decision('council', '2026-10-01', since), decision('icb', '2026-10-05', ICB)];
      expect(onlyRow(tell([yorkshire], TODAY, stated)).status).toBe('ended');
    });

    test('the council before a new detention decides nothing of the duty after it', () => {
      const again: Adt = {
        ...HOME,
        sentAt: '20260701100000',
        visit: 'V2',
        admitted: '20260601080000',
        left: '20260701090000',
        periods: [{ ...SECTION_3, id: 'P2', from: '20260601', to: '20260620', council: 'E08000029' }],
      };
      const byFormer = [decision('council', '2026-10-01', COUNCIL), decision('icb', '2026-10-05', ICB)];
      expect(onlyRow(tell([HOME, again], TODAY, byFormer)).status).toBe('active');
      expect(onlyRow(tell([HOME, again], TODAY, byOther)).status).toBe('ended');
    });
  });

  describe('an ICB other than the responsible one', () => {
    const OTHER_ICB = { organisation: 'QUA', name: 'Di Specimen', role: 'head of mental health' };
    const byOther = [decision('council', '2026-10-01', COUNCIL), decision('icb', '2026-10-05', OTHER_ICB)];
    const determined = (icb: string, effectiveOn: string, standing = 'agreed'): Stated => ({
      kind: 'icb-determined',
      effectiveOn,
      icb,
      standing,
      basis: 'commissioner-when-detention-began',
    });
    const again: Adt = {
      ...HOME,
      sentAt: '20260701100000',
      visit: 'V2',
      admitted: '20260601080000',
      left: '20260701090000',
      periods: [{ ...SECTION_3, id: 'P2', from: '20260601', to: '20260620', commissioner: 'QUA' }],
    };

    test('an ICB that nobody named proposes; its decision counts once it is recorded as the responsible one', () => {
      const asked = row(...byOther);
      expect(asked.status).toBe('active');
      expect(kindsOf(asked)).toEqual(['ending-incomplete', 'ending-proposed']);
      expect(textOf(asked)).toContain('QUA was never named as the ICB of this aftercare; if it is, record so');
      expect(row(...byOther, determined('QUA', '2026-04-01')).status).toBe('ended');
    });

    test('who was responsible when it decided goes on counting', () => {
      const ended = [decision('council', '2026-10-01', COUNCIL), decision('icb', '2026-10-05', ICB)];
      expect(row(...ended, determined('QUA', '2026-11-01')).status).toBe('ended');
    });

    test('named by a dispute alone it ends nothing, until the dispute is answered for it', () => {
      const disputed = determined('QUA', '2026-04-01', 'disputed');
      const asked = row(...byOther, disputed);
      expect(asked.status).toBe('active');
      const question = asked.questions.find(({ kind }) => kind === 'which-icb');
      const answer = { kind: 'answer', question: question?.id, option: 'QUA', because: 'agreed' };
      expect(row(...byOther, disputed, answer).status).toBe('ended');
    });

    test('where nobody was named, or the organisation is in words, it is believed', () => {
      const unnamed = { ...HOME, periods: [{ ...SECTION_3, commissioner: undefined }] };
      expect(onlyRow(tell([unnamed], TODAY, byOther)).status).toBe('ended');
      const inWords = decision('icb', '2026-10-05', { ...OTHER_ICB, organisation: 'Black Country ICB' });
      expect(row(decision('council', '2026-10-01', COUNCIL), inWords).status).toBe('ended');
    });

    test('under the code of what it was before it is the same ICB', () => {
      const ccg = decision('icb', '2022-06-01', { ...ICB, organisation: '15E' });
      const longAgo: Adt = {
        ...HOME,
        sentAt: '20220301100500',
        admitted: '20220101080000',
        left: '20220301100000',
        periods: [{ ...SECTION_3, from: '20220101', to: '20220220' }],
      };
      const stated = [decision('council', '2022-07-05', COUNCIL), ccg];
      expect(onlyRow(tell([longAgo], TODAY, stated)).status).toBe('ended');
    });

    test('the NHS side does not move with a new detention: the ICB of the first decides, and the new one too', () => {
      const toldAgain = (by: object) => [decision('council', '2026-10-01', COUNCIL), decision('icb', '2026-10-05', by)];
      expect(onlyRow(tell([HOME, again], TODAY, toldAgain(ICB))).status).toBe('ended');
    });

    test('once aftercare has ended by decision, the ICB of before decides nothing of what came after', () => {
      const ended = [decision('council', '2026-05-01', COUNCIL), decision('icb', '2026-05-01', ICB)];
      const byFormer = [decision('council', '2026-10-01', COUNCIL), decision('icb', '2026-10-05', ICB)];
      expect(onlyRow(tell([HOME, again], TODAY, [...ended, ...byFormer])).status).toBe('active');
      expect(onlyRow(tell([HOME, again], TODAY, [...ended, ...byOther])).status).toBe('ended');
    });
  });

  test('a decision and one against it: shown as contradicting each other, and aftercare goes on', () => {
    const against = decision('icb', '2026-10-05', ICB, { decision: 'still-needed', reasons: [] });
    const asked = row(decision('council', '2026-10-01', COUNCIL), against);
    expect(asked.status).toBe('active');
    expect(kindsOf(asked)).toEqual(['ending-incomplete']);
    expect(textOf(asked)).toContain('the two contradict each other');
  });

  test.each([
    'discharged-from-specialist-services',
    'settled',
    'time-passed',
    'readmitted-informally-or-s2',
    'deprived-of-liberty',
    'cto-or-leave-ended',
    'declined-services',
    'moved-area',
    'gp-changed',
    'care-home',
    'chc-funded',
    'no-services-at-present',
  ])('%s alone ends nothing, with the paragraphs that say so', (reason) => {
    const reasons = [reason];
    const asked = row(
      decision('council', '2026-10-01', COUNCIL, { reasons }),
      decision('icb', '2026-10-05', ICB, { reasons }),
    );
    expect(asked.status).toBe('active');
    expect(textOf(asked)).toContain('Code of Practice 2015 paras 33.20-33.22');
  });

  test('without the person it is no decision', () => {
    const asked = row(decision('council', '2026-10-01', COUNCIL, { personInvolved: false }));
    expect(textOf(asked)).toContain('Code of Practice 2015 para 33.23');
  });
});
