import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Task } from 'fhir/r4.js';
import { NHS, PERSON } from '../fhir/samples.js';
import { hl7, outcomes, tellFhir } from '../fhir/tell.js';
import { type Adt, HOME, SECTION_3 } from './adt.js';
import { kindsOf, onlyRow, type Stated, sent, tablesWith } from './tell.js';
import { decisionOf } from './thirty-four/decision.js';

const OURS = 'https://aftercare-bridge.example/fhir';
const EPISODE = 'b5e0f0a2-6b0c-4f0e-9a55-0d6f3f1c7a01';
const TODAY = '2026-11-21';
const SOLIHULL = 'E08000029';

const home = hl7(HOME);

/** What the council's system answers; `said`: by whom, and when. */
const task = (over: Partial<Task> = {}, [ods, at]: [string, string] = ['406', '2026-03-04T09:00:00Z']): Task => ({
  resourceType: 'Task',
  meta: { source: `urn:nhs-uk:addressing:ods:${ods}`, lastUpdated: at },
  status: 'accepted',
  intent: 'order',
  focus: { identifier: { system: `${OURS}/sid/episode`, value: EPISODE } },
  for: { identifier: { system: NHS, value: PERSON } },
  ...over,
});
const rejected = (text = 'not ordinarily resident here', said?: [string, string]): Task =>
  task({ status: 'rejected', statusReason: { text } }, said);
const disputed: Partial<Task> = {
  businessStatus: { coding: [{ system: `${OURS}/CodeSystem/s117-reply`, code: 'accepted-responsibility-disputed' }] },
  statusReason: { text: 'lived in Solihull' },
};
const caseOf = (value: string): Partial<Task> => ({
  output: [
    { type: { coding: [{ system: `${OURS}/CodeSystem/s117-task-output`, code: 'case-id' }] }, valueString: value },
  ],
});

/** What a council answered by telephone. */
const reply = (over: object = {}, organisation = 'E08000025'): Stated => ({
  kind: 'reply',
  body: 'council',
  on: '2026-03-04',
  outcome: 'rejected',
  reason: 'not ordinarily resident here',
  statedBy: { organisation, name: 'An Officer', role: 'duty desk' },
  ...over,
});

const tell = (messages: readonly (object | string)[], stated: readonly Stated[] = []) =>
  tellFhir(messages, TODAY, stated);
const row = (messages: readonly (object | string)[], stated: readonly Stated[] = []) => onlyRow(tell(messages, stated));
const asked = (found: ReturnType<typeof row>) => found.questions.filter(({ kind }) => kind === 'body-objects');

describe('what a body answers to what it was told', () => {
  test('it takes it up, with a number of its own: nothing is asked, and the number is kept', () => {
    const found = row([home, task(caseOf('C-117'))]);
    expect(found.replies).toEqual([
      expect.objectContaining({
        body: 'E08000025',
        on: '2026-03-04',
        outcome: 'accepted',
        reason: null,
        caseId: 'C-117',
      }),
    ]);
    expect(asked(found)).toEqual([]);
  });

  test('a council rejects what it was told: a question names it and its reason, and everything stays as it was', () => {
    const before = tell([home]);
    const after = tell([home, rejected()]);
    const [question] = asked(onlyRow(after));
    expect(question).toMatchObject({
      text: expect.stringMatching(/^E08000025 rejected on 2026-03-04 .*: not ordinarily resident here\./),
      options: ['stays-responsible', 'body-asked'],
    });
    expect(after.publications).toEqual(before.publications);
    expect(sent(after)).toEqual(['E08000025: Flag active, CarePlan draft']);
    expect(onlyRow(after)).toMatchObject({ status: 'active', council: onlyRow(before).council });
    expect(onlyRow(after).because).toContainEqual(expect.objectContaining({ rule: 'objection-ends-nothing' }));
  });

  test('it accepts, and disputes that it is responsible: that is asked too', () => {
    const found = row([home, task({ ...disputed, ...caseOf('C-117') })]);
    expect(asked(found)).toEqual([
      expect.objectContaining({
        text: expect.stringMatching(/accepted on 2026-03-04 .*disputes .*: lived in Solihull\./),
      }),
    ]);
    expect(found.replies).toEqual([expect.objectContaining({ caseId: 'C-117' })]);
  });

  test('an ICB answers for its own side', () => {
    const [question] = asked(row([home, rejected('another ICB pays', ['QHL', '2026-03-04T09:00:00Z'])]));
    expect(question?.text).toMatch(/^QHL rejected .*another ICB/);
  });

  test.each<[string, Task[], string | null, number]>([
    ['the same twice is one answer', [rejected(), rejected()], 'rejected', 1],
    [
      'the same said again later is one answer',
      [rejected(), rejected(undefined, ['406', '2026-03-09T09:00:00Z'])],
      'rejected',
      1,
    ],
    ['rejected, then accepted', [rejected(), task({}, ['406', '2026-03-09T09:00:00Z'])], 'accepted', 0],
    [
      'the older answer comes after the newer one',
      [task({}, ['406', '2026-03-09T09:00:00Z']), rejected()],
      'accepted',
      0,
    ],
    [
      'an answer taken back',
      [rejected(), task({ status: 'entered-in-error' }, ['406', '2026-03-09T09:00:00Z'])],
      null,
      0,
    ],
    ['a trust is told nothing that it could answer', [rejected('no', ['RXT', '2026-03-04T09:00:00Z'])], null, 0],
  ])('%s', (_, tasks, outcome, questions) => {
    for (const order of [tasks, tasks.toReversed()]) {
      const found = row([home, ...order]);
      expect(found.replies.map((each) => each.outcome)).toEqual(outcome === null ? [] : [outcome]);
      expect(asked(found)).toHaveLength(questions);
    }
  });

  describe('an answer that is taken back', () => {
    const later: [string, string] = ['406', '2026-03-09T09:00:00Z'];
    const ofFlag: Partial<Task> = {
      focus: { identifier: { system: `${OURS}/sid/flag`, value: EPISODE.replace('01', '03') } },
    };
    const back = (over: Partial<Task> = {}) => task({ status: 'entered-in-error', ...over }, later);

    test('takes back nothing of what the body answered to something else, or people say it answered', () => {
      const found = row([home, rejected(), back(ofFlag)]);
      expect(found.replies).toEqual([expect.objectContaining({ on: '2026-03-04', outcome: 'rejected' })]);
      expect(asked(found)).toHaveLength(1);
      const accepted = row([home, task(caseOf('C-117')), back(ofFlag)]);
      expect(accepted.replies).toEqual([expect.objectContaining({ outcome: 'accepted', caseId: 'C-117' })]);
      const byPeople = row([home, back()], [reply({ outcome: 'accepted', reason: null, caseId: 'C-3' })]);
      expect(byPeople.replies).toEqual([expect.objectContaining({ outcome: 'accepted', caseId: 'C-3' })]);
    });

    test('takes its number of the case with it', () => {
      const anew = task({}, ['406', '2026-03-10T09:00:00Z']);
      const found = row([home, task(caseOf('OF-ANOTHER')), back(), anew]);
      expect(found.replies).toEqual([expect.objectContaining({ on: '2026-03-10', outcome: 'accepted', caseId: null })]);
    });
  });

  test('in whatever order and however often answers come, the register is the same', () => {
    const again: [string, string] = ['406', '2026-03-09T09:00:00Z'];
    const said = [
      rejected(),
      rejected('has moved away', again),
      task(caseOf('C-1'), ['406', '2026-03-06T09:00:00Z']),
      task({ status: 'entered-in-error' }, ['406', '2026-03-07T09:00:00Z']),
      task(disputed, ['QHL', '2026-03-05T09:00:00Z']),
      task(
        { ...caseOf('C-2'), focus: { identifier: { system: `${OURS}/sid/flag`, value: EPISODE.replace('01', '03') } } },
        again,
      ),
    ];
    const stated = [reply({ on: '2026-03-05', outcome: 'accepted', reason: null, caseId: 'C-3' }), reply()];
    const expected = row([home, ...said], stated);
    expect(asked(expected).length).toBeGreaterThan(1);
    const twice = fc.shuffledSubarray([home, ...said, home, ...said], { minLength: 14 });
    fc.assert(
      fc.property(twice, fc.shuffledSubarray(stated, { minLength: 2 }), (messages, facts) => {
        expect(row(messages, facts)).toEqual(expected);
      }),
    );
  });

  test('an answer to what was told of one episode is none to what was told of another', () => {
    const other = { focus: { identifier: { system: `${OURS}/sid/episode`, value: EPISODE.replace('01', '02') } } };
    const found = row([home, rejected(), task(other, ['406', '2026-03-09T09:00:00Z'])]);
    expect(asked(found)).toHaveLength(1);
  });

  test('people say what it answered since, by telephone: the question is gone; what they say may be withdrawn', () => {
    const since = reply({
      on: '2026-03-06',
      outcome: 'accepted',
      reason: null,
      id: '6f3f1c7a-0d6f-4c7a-8a55-b5e0f0a26b0c',
    });
    expect(asked(row([home, rejected()], [since]))).toEqual([]);
    const withdrawn = { kind: 'withdrawn', fact: '6f3f1c7a-0d6f-4c7a-8a55-b5e0f0a26b0c', because: 'another person' };
    expect(asked(row([home, rejected()], [since, withdrawn]))).toHaveLength(1);
  });

  test.each([
    ['by its GSS code', 'E08000025'],
    ['by its ODS code', '406'],
    ['by its name', 'Birmingham City Council'],
    ['in words that nobody knows', 'the duty desk'],
  ])('a rejection that people state %s is asked about', (_, organisation) => {
    expect(asked(row([home], [reply({}, organisation)]))).toHaveLength(1);
  });

  test('a council that was divided since answers as the part that is responsible for this person', () => {
    const longAgo = hl7({
      ...HOME,
      sentAt: '20190901100500',
      admitted: '20190501080000',
      left: '20190901100000',
      periods: [{ ...SECTION_3, from: '20190501', to: '20190801', council: 'E06000064' }],
    });
    const found = row([longAgo], [reply({ on: '2021-05-01' }, 'E10000006')]);
    expect(asked(found)).toEqual([expect.objectContaining({ text: expect.stringMatching(/^E06000064 rejected/) })]);
    expect(found.replies).toEqual([expect.objectContaining({ body: 'E06000064' })]);
  });

  describe('the body goes on as another', () => {
    const [CUMBRIA, WESTMORLAND, CUMBERLAND] = ['E10000006', 'E06000064', 'E06000063'];
    const [MID_ESSEX, ESSEX] = ['QH8', 'D7T5G'];
    const cumbria = hl7({
      ...HOME,
      sentAt: '20190901100500',
      admitted: '20190501080000',
      left: '20190901100000',
      periods: [{ ...SECTION_3, from: '20190501', to: '20190801', council: WESTMORLAND }],
    });
    const essex = hl7({ ...HOME, periods: [{ ...SECTION_3, commissioner: MID_ESSEX }] });
    const by = tablesWith({
      senders: ['RXT', MID_ESSEX, ESSEX].map((ods) => ({
        ods,
        name: ods,
        feed: ods === 'RXT' ? 'zmh' : 'fhir-council',
      })),
    });
    const rowBy = (messages: readonly (object | string)[]) => onlyRow(tellFhir(messages, TODAY, [], by));
    const acceptedOn = (on: string, organisation: string) =>
      reply({ on, outcome: 'accepted', reason: null }, organisation);
    const anew: Partial<Task> = {
      focus: { identifier: { system: `${OURS}/sid/episode`, value: EPISODE.replace('01', '02') } },
    };

    test('a council was divided: what the part that is responsible says now counts, and no other part says it', () => {
      const before = reply({ on: '2021-05-01' }, CUMBRIA);
      const since = row([cumbria], [before, acceptedOn('2023-06-01', WESTMORLAND)]);
      expect(since.replies).toEqual([expect.objectContaining({ body: WESTMORLAND, outcome: 'accepted' })]);
      expect(asked(since)).toEqual([]);
      const byOther = row([cumbria], [before, acceptedOn('2023-06-01', CUMBERLAND)]);
      expect(byOther.replies.map(({ body, outcome }) => [body, outcome])).toEqual([
        [CUMBERLAND, 'accepted'],
        [WESTMORLAND, 'rejected'],
      ]);
      expect(asked(byOther)).toHaveLength(1);
    });

    test('a council was divided, and none of its parts is responsible: nobody has answered for a part', () => {
      const found = row([home], [reply({}, CUMBRIA)]);
      expect(found.replies).toEqual([expect.objectContaining({ body: CUMBRIA })]);
      expect(asked(found)).toEqual([]);
    });

    test('an ICB was merged: what it answers as the one after it counts, whatever was told to which', () => {
      const before = rejected('another ICB pays', [MID_ESSEX, '2026-03-04T09:00:00Z']);
      const after = task(anew, [ESSEX, '2026-05-01T09:00:00Z']);
      expect(asked(rowBy([essex, before]))).toEqual([
        expect.objectContaining({ text: expect.stringMatching(/^D7T5G rejected on 2026-03-04 /) }),
      ]);
      for (const order of [
        [essex, before, after],
        [after, before, essex],
      ]) {
        const found = rowBy(order);
        expect(found.replies.map(({ body, outcome }) => [body, outcome])).toEqual([
          [ESSEX, 'accepted'],
          [ESSEX, 'rejected'],
        ]);
        expect(asked(found)).toEqual([]);
      }
    });

    test('an ICB was merged: that it had taken it up before makes no objection of the one after it go away', () => {
      const before = task({}, [MID_ESSEX, '2026-03-04T09:00:00Z']);
      const after = task({ ...rejected('not ours'), ...anew }, [ESSEX, '2026-05-01T09:00:00Z']);
      expect(
        asked(
          rowBy([essex, before, { ...after, meta: { ...after.meta, source: `urn:nhs-uk:addressing:ods:${ESSEX}` } }]),
        ),
      ).toHaveLength(1);
      const early = acceptedOn('2026-03-01', ESSEX);
      expect(
        asked(
          onlyRow(
            tellFhir(
              [essex, rejected('no', [MID_ESSEX, '2026-03-04T09:00:00Z'])],
              TODAY,
              [{ ...early, body: 'icb' }],
              by,
            ),
          ),
        ),
      ).toHaveLength(1);
      const late = task(anew, [ESSEX, '2026-04-02T09:00:00Z']);
      const afterwards = rejected('another ICB pays', [MID_ESSEX, '2026-05-01T09:00:00Z']);
      expect(asked(rowBy([essex, late, afterwards]))).toHaveLength(1);
    });
  });

  test('people say what it answered under their own organisation: it is asked, and that nobody knows which body it was', () => {
    const [question] = asked(row([home], [reply({}, 'RXT')]));
    expect(question?.text).toMatch(
      /^RXT stated that a council rejected on 2026-03-04 .*Which council it was is not known: withdraw/,
    );
    const [ofIcb] = asked(row([home], [reply({ body: 'icb' }, 'E08000025')]));
    expect(ofIcb?.text).toMatch(/^E08000025 stated that an ICB rejected .*Which ICB it was is not known: withdraw/);
  });

  test('people asked the body, and it says the same again: it is asked again', () => {
    const [question] = asked(row([home, rejected()]));
    const bodyAsked = { kind: 'answer', option: 'body-asked', because: 'telephoned', recorded: '2026-03-10T09:00:00Z' };
    const stays = { ...bodyAsked, option: 'stays-responsible' };
    const first = { ...bodyAsked, question: question?.id };
    expect(asked(row([home, rejected()], [first]))).toEqual([]);
    expect(asked(row([home, rejected(), rejected(undefined, ['406', '2026-03-09T09:00:00Z'])], [first]))).toEqual([]);
    const again = rejected(undefined, ['406', '2026-03-20T09:00:00Z']);
    expect(asked(row([home, rejected(), again], [{ ...first, option: 'stays-responsible' }]))).toEqual([]);
    expect(asked(row([home, rejected(), again], [{ ...first, recorded: undefined }]))).toEqual([]);
    expect(asked(row([home, rejected(), again], [{ ...first, recorded: '2026-03-20T17:00:00Z' }]))).toEqual([]);
    const byAnother = { ...first, because: 'asked by letter', recorded: '2026-03-22T09:00:00Z' };
    expect(asked(row([home, rejected(), again], [first, byAnother]))).toEqual([]);
    const [anew] = asked(row([home, rejected(), again], [first]));
    expect(anew?.text).toMatch(/^E08000025 rejected on 2026-03-20 /);
    const second = { ...stays, question: anew?.id, recorded: '2026-03-21T09:00:00Z' };
    const third = rejected(undefined, ['406', '2026-04-20T09:00:00Z']);
    expect(asked(row([home, rejected(), again, third], [first, second]))).toEqual([]);
    expect(asked(row([home, rejected(), again, third], [first, { ...second, option: 'body-asked' }]))).toHaveLength(1);
  });

  describe('which of several answers counts', () => {
    const at = (time: string): [string, string] => ['406', `2026-03-04T${time}Z`];
    const accepted: Partial<Stated> = { outcome: 'accepted', reason: null };
    const disputes = { outcome: 'accepted-responsibility-disputed', reason: 'lived in Solihull' };
    const first = (messages: readonly (object | string)[], stated: readonly Stated[] = []) => {
      const { replies, ...found } = row([home, ...messages], stated);
      return [replies[0]?.outcome ?? null, asked({ replies, ...found }).length];
    };

    test('of one day the later', () => {
      expect(first([rejected('no', at('09:00:00')), task({}, at('15:00:00'))])).toEqual(['accepted', 0]);
      expect(first([rejected('no', at('15:00:00')), task({}, at('09:00:00'))])).toEqual(['rejected', 1]);
      expect(first([rejected('no', at('09:00:00')), task({}, at('09:00:00.5'))])).toEqual(['accepted', 0]);
    });

    test('of one Bundle the last in it', () => {
      const bundle = (...tasks: Task[]) => ({
        resourceType: 'Bundle',
        type: 'transaction',
        entry: tasks.map((resource, id) => ({ resource, request: { method: 'PUT', url: `Task/${id}` } })),
      });
      expect(first([bundle(rejected(), task())])).toEqual(['accepted', 0]);
      expect(first([bundle(task(), rejected())])).toEqual(['rejected', 1]);
    });

    test('of what people state of one day the one that objects most', () => {
      expect(first([], [reply(accepted), reply(disputes)])).toEqual(['accepted-responsibility-disputed', 1]);
      expect(first([], [reply(), reply(disputes), reply(accepted)])).toEqual(['rejected', 1]);
    });

    test('what people state, beside what its system answered on that day', () => {
      expect(first([rejected('no', at('23:00:00'))], [reply(accepted)])).toEqual(['accepted', 0]);
      expect(first([task({}, at('23:00:00'))], [reply()])).toEqual(['rejected', 1]);
    });

    test('none before its day', () => {
      const told = (asOf: string) => onlyRow(tellFhir([home, rejected()], asOf, [reply({ on: '2026-03-06' })]));
      const eve = told('2026-03-03');
      expect([eve.replies, asked(eve), eve.nextChangeOn]).toEqual([[], [], '2026-03-04']);
      expect([told('2026-03-04').replies.length, told('2026-03-06').replies.length]).toEqual([1, 2]);
    });
  });

  test('what each body answered is listed by body, and a body by the code that answers today', () => {
    const ofIcb = rejected('another ICB pays', ['QHL', '2026-03-06T09:00:00Z']);
    const named = [reply({}, 'Solihull Metropolitan Borough Council')];
    const found = row([home, ofIcb, task()], named);
    expect(found.replies.map(({ body }) => body)).toEqual(['E08000025', SOLIHULL, 'QHL']);
    const [question] = asked(found);
    expect(question?.facts).toEqual([found.replies[2]?.fact]);
  });

  test('each thing has its own number of the case; where none was given for it, that which the body gave for another', () => {
    const of = (last: string): Partial<Task> => ({
      focus: { identifier: { system: `${OURS}/sid/episode`, value: EPISODE.replace('01', last) } },
    });
    const on = (day: string): [string, string] => ['406', `2026-03-${day}T09:00:00Z`];
    const answers = [
      task({ ...of('11'), ...caseOf('C-11') }, on('04')),
      task({ ...of('12'), ...caseOf('C-12') }, on('05')),
    ];
    const found = row([home, ...answers, task(of('13'), on('06'))]);
    expect(found.replies.map(({ of: [id], caseId }) => [id?.slice(-2), caseId])).toEqual([
      ['13', 'C-12'],
      ['12', 'C-12'],
      ['11', 'C-11'],
    ]);
  });

  describe('aftercare that is over, and aftercare anew', () => {
    const again: Adt = {
      ...HOME,
      controlId: 'M9',
      sentAt: '20260901100500',
      visit: 'V9',
      admitted: '20260801080000',
      left: '20260901100000',
      periods: [{ ...SECTION_3, id: 'P9', from: '20260801', to: '20260820' }],
    };

    test('what it answered before the person was detained again says nothing of the new duty', () => {
      expect(asked(row([home, hl7(again), rejected()]))).toEqual([]);
    });

    test('people state what it answered of the aftercare of that day', () => {
      const said = (on: string, over: object) => reply({ on, ...over });
      const accepted = { outcome: 'accepted', reason: null };
      const found = row(
        [home, hl7(again)],
        [said('2026-03-04', accepted), said('2026-08-01', accepted), said('2026-09-02', {})],
      );
      expect(found.replies.map(({ on, outcome }) => [on, outcome])).toEqual([
        ['2026-09-02', 'rejected'],
        ['2026-03-04', 'accepted'],
      ]);
      expect(row([home], [said('2025-12-31', accepted), said('2026-01-01', {})]).replies).toHaveLength(2);
    });

    test('a body that objects on the day of the detention objects to what follows it', () => {
      expect(asked(row([home], [reply({ on: '2026-01-01' })]))).toHaveLength(1);
      expect(asked(row([home], [reply({ on: '2025-12-31' })]))).toEqual([]);
    });

    test('nothing is asked of what is over, nor of somebody of whom nothing else is known', () => {
      const died = { kind: 'died', on: '2026-04-01', verified: true };
      expect(asked(row([home, rejected()], [died]))).toEqual([]);
      const ended = row([home, rejected()], [decisionOf('council', '2026-06-01'), decisionOf('icb', '2026-06-01')]);
      expect([ended.status, asked(ended)]).toEqual(['ended', []]);
      expect(asked(row([], [reply()]))).toEqual([]);
    });

    test('one of two that may be responsible objects: that is asked beside who is', () => {
      const recorded = {
        kind: 'council-determined',
        effectiveOn: '2026-03-01',
        council: SOLIHULL,
        standing: 'disputed',
      };
      expect(asked(row([home, rejected()], [recorded]))).toHaveLength(1);
      expect(asked(row([home], [recorded, reply({}, SOLIHULL)]))).toHaveLength(1);
    });
  });

  test('of two answers to one thing at one moment the one that objects counts', () => {
    for (const reason of ['moved', 'not ours', 'closed here', 'unknown', 'another council']) {
      expect(row([home, task(), rejected(reason)]).replies).toEqual([expect.objectContaining({ outcome: 'rejected' })]);
      expect(row([home, task({ status: 'entered-in-error' }), rejected(reason)]).replies).toHaveLength(1);
      expect(row([home, task({ status: 'entered-in-error' }), task(caseOf(reason))]).replies).toHaveLength(1);
    }
  });

  test('people answer that it stays responsible: the question is closed, until it objects on another ground', () => {
    const [question] = asked(row([home, rejected()]));
    const answer = {
      kind: 'answer',
      question: question?.id,
      option: 'stays-responsible',
      because: 'agreed by telephone',
    };
    expect(asked(row([home, rejected()], [answer]))).toEqual([]);
    const again = rejected('has moved away', ['406', '2026-03-20T09:00:00Z']);
    expect(asked(row([home, rejected(), again], [answer]))).toHaveLength(1);
  });

  test('people determine another council: nothing is asked of the one that objected', () => {
    const other = { kind: 'council-determined', effectiveOn: '2026-03-01', council: SOLIHULL, standing: 'agreed' };
    expect(asked(row([home, rejected()], [other]))).toEqual([]);
  });

  test('a dispute that is recorded asks who is responsible, and once', () => {
    const recorded = { kind: 'council-determined', effectiveOn: '2026-03-01', council: SOLIHULL, standing: 'disputed' };
    expect(kindsOf(row([home, task(disputed)], [recorded]))).toContain('council-disputed');
    expect(asked(row([home, task(disputed)], [recorded]))).toEqual([]);
  });

  test('an answer to a message carries the same', () => {
    const header = {
      resourceType: 'MessageHeader',
      eventCoding: { system: `${OURS}/CodeSystem/s117-message-event`, code: 's117-response' },
      source: { endpoint: 'urn:nhs-uk:addressing:ods:406' },
      response: { identifier: 'm-1', code: 'ok' },
    };
    const patient = { resourceType: 'Patient', identifier: [{ system: NHS, value: PERSON }], birthDate: '1950-01-01' };
    const message = (...resources: object[]) => ({
      resourceType: 'Bundle',
      type: 'message',
      timestamp: '2026-03-04T09:00:00Z',
      entry: [header, ...resources].map((resource) => ({ resource })),
    });
    const told = tell([home, message(rejected(), patient)]);
    expect(asked(onlyRow(told))).toHaveLength(1);
    expect(told.messages[1]?.facts.map(({ kind }) => kind)).toEqual(['replied']);
    expect(outcomes(tell([home, message(patient)]))).toEqual(['interpreted', 'ignored']);
  });

  test('the number of the case is the one identifier that is not ours', () => {
    const own = { system: 'https://council.example/case', value: 'C-9' };
    const ours = { system: `${OURS}/sid/task`, value: EPISODE };
    expect(row([home, task({ identifier: [ours, own, { system: NHS, value: PERSON }] })]).replies).toEqual([
      expect.objectContaining({ caseId: 'C-9' }),
    ]);
  });

  test('a number of a case that was said once stays the number of the case', () => {
    const found = row([home, task(caseOf('C-117')), rejected('closed here', ['406', '2026-03-09T09:00:00Z'])]);
    expect(found.replies).toEqual([expect.objectContaining({ outcome: 'rejected', caseId: 'C-117' })]);
  });

  test.each<[string, Partial<Task>, string]>([
    ['it rejects and does not say why', { status: 'rejected' }, 'parked field-missing Task.statusReason'],
    [
      'its reason is nothing that anybody sees',
      { status: 'rejected', statusReason: { text: '\u200b\u2060' } },
      'parked field-missing Task.statusReason',
    ],
    [
      'its reason fills pages',
      { status: 'rejected', statusReason: { text: 'no '.repeat(1_000) } },
      'parked field-invalid Task.statusReason',
    ],
    ['its number of the case is longer than any number', caseOf('7'.repeat(101)), 'parked field-invalid Task.output'],
    ['it names nobody', { for: undefined }, 'parked field-missing Task.for'],
    [
      'two numbers of one case',
      { identifier: ['C-1', 'C-2'].map((value) => ({ system: 'https://council.example/case', value })) },
      'parked field-invalid Task.identifier',
    ],
    [
      'it answers for another body',
      { owner: { identifier: { system: `https://fhir.nhs.uk/Id/ods-organization-code`, value: '409' } } },
      'parked field-invalid Task.owner',
    ],
    [
      'it rejects what it says that it accepts',
      { ...disputed, status: 'rejected' },
      'parked field-invalid Task.businessStatus',
    ],
    ['it has cancelled the task', { status: 'cancelled' }, 'parked field-invalid Task.status'],
    ['it has not answered yet', { status: 'received' }, 'ignored'],
    ['it is about something else', { focus: { reference: 'Encounter/1' } }, 'ignored'],
  ])('%s', (_, over, outcome) => {
    expect(outcomes(tell([task(over)]))).toEqual([outcome]);
  });
});
