import { localNumber, nhsNumber } from '../invented.js';

/** Real codes, so that the national tables know them: two trusts, four councils, an integrated care board. */
export const TRUSTS = ['RXT', 'RRE'] as const;
export const COUNCILS = ['E08000025', 'E08000029', 'E08000026', 'E08000031'] as const;
export const ICB = 'QHL';

/**
 * `discharge`: each message is another person's. `course`: everybody's stays in hospital, five messages each. `town`:
 * the same, but people differ: some never leave, die, are asked about, or send what is parked.
 */
export type Kind = 'discharge' | 'course' | 'town';

/**
 * People `first` to `first + persons - 1`; discharges go on for as many as are sent. `run` tells the control ids and
 * local numbers of one run from another's.
 */
export type People = { kind: Kind; run: string; first: number; persons: number };

/** Bytes of every message. */
export const MESSAGE_BYTES = 1_500;

const STEPS_A_STAY = 5;

/** The nth message: a course's first of everybody, then everybody's second, and so on. */
export function messageOf(nth: number, { kind, run, first, persons }: People): Buffer {
  if (kind === 'discharge') return written(discharge(personOf(first + nth, run)));
  const person = personOf(first + (nth % persons), run);
  const step = Math.floor(nth / persons);
  return written(kind === 'town' ? oddity(person, step) : courseStep(person, step));
}

type Person = { nth: number; nhs: string; local: string };
const personOf = (nth: number, run: string): Person => ({
  nth,
  nhs: nhsNumber(nth),
  local: localNumber(run, nth),
});

type Adt = {
  person: Person;
  trigger: string;
  controlId: string;
  /** The day it happened and was sent. */
  on: string;
  trust?: string;
  diedOn?: string;
  ward: string;
  street: string;
  visit: string;
  admitted: string;
  left?: string;
  period?: Period;
};

type Period = { id: string; section: string; from: string; to?: string; council?: string };

const SECTION_2 = '02^Section 2';
const SECTION_3 = '03^Section 3';
const UNHEARD_OF = '97^Not a section';

function discharge(person: Person): Adt {
  const [admitted, left] = ['20260101', '20260301'];
  const period = { id: person.local, section: SECTION_3, from: admitted, to: '20260220', council: COUNCILS[0] };
  const place = { ward: 'WARD1', street: '1 No Street', visit: person.local };
  return { person, trigger: 'A03', controlId: person.local, on: left, admitted, left, period, ...place };
}

/** Admitted, detained, moved to another ward, moved house, and left; half a year later the next stay. */
function courseStep(person: Person, step: number): Adt {
  const stay = Math.floor(step / STEPS_A_STAY);
  const within = step % STEPS_A_STAY;
  const day = (after: number) => hl7Day(stay * 180 + (person.nth % 28) + after);
  const visit = `${person.local}V${stay}`;
  const admitted = day(0);
  // A second stay of every other person is for assessment alone.
  const section = stay % 2 === 1 && person.nth % 2 === 1 ? SECTION_2 : SECTION_3;
  const from = day(1);
  const council = COUNCILS[person.nth % COUNCILS.length];
  const period: Period = { id: `${visit}P`, section, from, ...(council && { council }) };
  const common = {
    person,
    controlId: `${person.local}M${String(step).padStart(3, '0')}`,
    ward: within < 2 ? 'WARD1' : 'WARD2',
    street: `${within < 3 ? 2 * stay : 2 * stay + 1} No Street`,
    visit,
    admitted,
  };
  if (within === 0) return { ...common, trigger: 'A01', on: admitted };
  if (within === 1) return { ...common, trigger: 'A08', on: from, period };
  if (within === 2) return { ...common, trigger: 'A02', on: day(7), period };
  if (within === 3) return { ...common, trigger: 'A08', on: day(20), period };
  return { ...common, trigger: 'A03', on: day(60), left: day(60), period: { ...period, to: day(25) } };
}

/** One in ten each: assessed only, still there, died, council unknown, a code nobody knows, and another trust's. */
function oddity(person: Person, step: number): Adt {
  const usual = courseStep(person, step);
  const { period } = usual;
  const last = usual.trigger === 'A03';
  switch (person.nth % 10) {
    case 0:
      return period ? { ...usual, period: { ...period, section: SECTION_2 } } : usual;
    case 1: {
      const { left: _, ...there } = usual;
      return last ? { ...there, trigger: 'A08' } : usual;
    }
    case 2:
      return last && step >= 3 * STEPS_A_STAY ? { ...usual, diedOn: usual.on } : usual;
    case 3: {
      if (!period) return usual;
      const { council: _, ...unknown } = period;
      return { ...usual, period: unknown };
    }
    case 4:
      return usual.trigger === 'A02' && period ? { ...usual, period: { ...period, section: UNHEARD_OF } } : usual;
    case 5:
      return usual.trigger === 'A02' ? { ...usual, trigger: 'A60' } : usual;
    case 6:
      return { ...usual, trust: TRUSTS[1] };
    default:
      return usual;
  }
}

const FIRST_DAY = Date.UTC(2023, 0, 9);
const DAY_MS = 86_400_000;

const hl7Day = (after: number): string =>
  new Date(FIRST_DAY + after * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');

const PADDING = 'Invented text that stands for what real messages carry besides. '.repeat(25);

/** A note fills each message up to the same length. */
function written(adt: Adt): Buffer {
  const { person, trigger, controlId, on, trust = TRUSTS[0], period, ward, street, visit } = adt;
  const text = [
    `MSH|^~\\&|EPR|${trust}|AB|${ICB}|${on}100500||ADT^${trigger}^ADT_A01|${controlId}|P|2.5|||||GBR|UNICODE UTF-8`,
    `EVN|${trigger}|${on}100000`,
    `PID|1||${person.nhs}^^^NHS^NH~${person.local}^^^${trust}^MR||Invented^Person^Of^^Mx||19800101|F|||${street}^^Nowhere^^ZZ99 3VZ^GBR${death(adt.diedOn)}`,
    'PD1|||A Practice^^M85001',
    `PV1|1|I|${ward}^BAY1^BED1${'|'.repeat(16)}${visit}${leaving(adt)}`,
    ...(period ? [zmh(period)] : []),
    'NTE|1||',
  ].join('\r');
  const bytes = Buffer.alloc(MESSAGE_BYTES);
  const used = bytes.write(text, 'latin1');
  bytes.write(PADDING, used, 'latin1');
  return bytes;
}

/** PV1-36 and 37, how and where to; PV1-44 and 45, admitted and left. */
function leaving({ admitted, left, diedOn }: Adt): string {
  if (left === undefined) return `${'|'.repeat(25)}${admitted}080000`;
  const how = diedOn === undefined ? '1|19' : '4|79';
  return `${'|'.repeat(17)}${how}${'|'.repeat(7)}${admitted}080000|${left}100000`;
}

const death = (on: string | undefined): string => (on === undefined ? '' : `${'|'.repeat(18)}${on}|Y`);

const zmh = ({ id, section, from, to = '', council }: Period): string =>
  `ZMH|1|${id}|${section}^MHACT-ENG|${from}|${to}||U||||${council === undefined ? '' : `${council}^^^GSS`}||${ICB}^^^ODS`;
