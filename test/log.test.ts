import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Fault } from '../src/fault.js';
import { createLog, type Log, type LogFields, sparing } from '../src/log.js';

/** What a log prints while `write` uses it. */
function printed(write: (log: Log) => void): string {
  const lines: string[] = [];
  write(createLog('debug', { write: (line) => void lines.push(line) }));
  return lines.join('');
}

const lineOf = (write: (log: Log) => void): Record<string, unknown> => JSON.parse(printed(write));

const MESSAGE = 'MSH|^~\\&|EPR|RXT\rPID|1||9990000018^^^NHS^NH||OKONKWO-SMYTHE^AMARA||19800203|||1 HIGH ST^^^^B31 2AA';
const PATIENT = [
  '9990000018',
  '999 000 0018',
  'OKONKWO-SMYTHE',
  'Okonkwo-Smythe',
  'SMITH',
  'B31 2AA',
  'B312AA',
  MESSAGE,
];

describe('the log', () => {
  test('a line is JSON with the event, the fields and the time', () => {
    const line = lineOf((log) =>
      log.info('delivery parked', { council: 'E08000025', attempt: 3, fault: 'council-refused' }),
    );
    expect(line).toMatchObject({
      level: 30,
      msg: 'delivery parked',
      council: 'E08000025',
      attempt: 3,
      fault: 'council-refused',
      time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
    });
  });

  test('an event may be a sentence', () => {
    const line = lineOf((log) => log.warn('a sender was refused; it may send again, once its feed is mended'));
    expect(line.msg).toBe('a sender was refused; it may send again, once its feed is mended');
  });

  test('fields of a child are on each of its lines', () => {
    const line = lineOf((log) => log.child({ sender: 'RXT' }).warn('message parked', { trigger: 'A03' }));
    expect(line).toMatchObject({ sender: 'RXT', trigger: 'A03' });
  });

  test('what is below the level is not written', () => {
    const lines: string[] = [];
    const log = createLog('warn', { write: (line) => void lines.push(line) });
    log.info('quiet');
    log.warn('loud');
    expect(lines).toHaveLength(1);
  });

  test('patient data passed by accident in any field, of any name, never comes out', () => {
    const names = [
      'messageRow',
      'nodeRow',
      'sender',
      'council',
      'trigger',
      'fault',
      'state',
      'queue',
      'body',
      'nhsNumber',
      'err',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom(...PATIENT), (name, secret) => {
        const fields = { [name]: secret, body: { text: secret }, [secret]: 1 } as LogFields;
        expect(printed((log) => log.child(fields).error('message parked', fields))).not.toContain(secret);
      }),
    );
  });

  test('an NHS number that comes as a number is left out', () => {
    expect(printed((log) => log.info('counted', { count: 9990000018, attempt: 2 }))).not.toContain('9990000018');
  });

  test('an event made at run time does not type, and is withheld if the type is gone round', () => {
    const name = PATIENT[2] ?? '';
    const text = printed((log) => {
      // @ts-expect-error a string that is not written in the source is no event
      log.info(`told of ${name}`);
      // @ts-expect-error nor is a variable
      log.info(name);
    });
    expect(text).not.toContain(name);
    expect(text).toContain('event withheld');
  });
});

describe('errors in the log', () => {
  const logged = (error: unknown) => printed((log) => log.error('message parked', { error }));

  test('an error keeps its name, code and frames, and loses its message', () => {
    const error = Object.assign(new TypeError(`cannot read ${MESSAGE}\n    at OKONKWO-SMYTHE (/B31/2AA:1:1)`), {
      code: 'ECONNRESET',
    });
    const line = JSON.parse(logged(error));
    expect(line.error).toMatchObject({ name: 'TypeError', code: 'ECONNRESET' });
    expect(line.error.stack[0]).toMatch(/log\.test\.ts:\d+:\d+\)?$/);
    expect(logged(error)).not.toMatch(/9990000018|OKONKWO|HIGH ST|2AA/);
  });

  test('our own Fault keeps its message, which by construction has no patient data; its cause does not', () => {
    const cause = new Error(`duplicate key (nhs_number)=(9990000018)`);
    const fault = new Fault(
      { code: 'council-refused', where: 'E08000025', text: '422', next: 'see the row' },
      { cause },
    );
    const text = logged(fault);
    expect(JSON.parse(text).error).toMatchObject({
      name: 'Fault',
      code: 'council-refused',
      message: expect.stringContaining('see the row'),
    });
    expect(JSON.parse(text).error.cause).toMatchObject({ name: 'Error' });
    expect(text).not.toContain('9990000018');
  });

  test('a message changed after the error was made is still cut from its stack', () => {
    const error = new Error(MESSAGE);
    error.message = 'harmless';
    expect(logged(error)).not.toMatch(/9990000018|OKONKWO/);
  });

  test.each([MESSAGE, { nhsNumber: '9990000018' }, null, 9990000018])(
    'a thrown value that is no error says only that',
    (thrown) => {
      expect(JSON.parse(logged(thrown)).error).toEqual({ name: 'not an Error' });
    },
  );

  test('patient data as name or code of an error is left out', () => {
    const error = Object.assign(new Error('x'), { name: 'Amara Okonkwo-Smythe', code: '9990000018' });
    expect(logged(error)).not.toMatch(/9990000018|Okonkwo/);
  });
});

describe('trouble that every message meets', () => {
  /** A sparing log whose minutes pass when the test says so. */
  function sparingLog() {
    const lines: { msg: string; count?: number; level: number }[] = [];
    let waiting: (() => void)[] = [];
    const log = sparing(
      createLog('debug', { write: (line) => void lines.push(JSON.parse(line)) }),
      (work) => void waiting.push(work),
    );
    const aMinutePasses = () => {
      const due = waiting;
      waiting = [];
      for (const work of due) work();
    };
    return { log, lines, aMinutePasses };
  }
  const down = () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

  test('is written at once, then once a minute with how many lines that stands for, and no more when it is over', () => {
    const { log, lines, aMinutePasses } = sparingLog();
    for (let i = 0; i < 1_000; i += 1) log.error('a message could not be stored', { error: down() });
    expect(lines).toHaveLength(1);
    aMinutePasses();
    for (let i = 0; i < 5; i += 1) log.error('a message could not be stored', { error: down() });
    aMinutePasses();
    aMinutePasses();
    aMinutePasses();
    expect(lines.map(({ count }) => count)).toEqual([undefined, 999, 5]);
    log.error('a message could not be stored', { error: down() });
    expect(lines).toHaveLength(4);
  });

  test('another cause has its own line: another event, another fault, another error', () => {
    const { log, lines } = sparingLog();
    for (let i = 0; i < 3; i += 1) {
      log.warn('a message was refused', { fault: 'sender-unknown' });
      log.warn('a message was refused', { fault: 'not-for-us' });
      log.error('a message could not be stored', { error: down() });
      log.error('a message could not be stored', { error: new TypeError('x') });
    }
    expect(lines).toHaveLength(4);
  });

  test('what is no trouble is always written, and a child is sparing with its parent', () => {
    const { log, lines } = sparingLog();
    for (let i = 0; i < 3; i += 1) {
      log.info('a delivery was confirmed');
      log.child({ council: 'E08000025' }).warn('a message was refused', { fault: 'not-for-us' });
    }
    expect(lines.filter(({ level }) => level === 30)).toHaveLength(3);
    expect(lines.filter(({ level }) => level === 40)).toHaveLength(1);
  });
});
