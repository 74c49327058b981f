import type { Invented } from './people.js';

/** One Mental Health Act period: a `ZMH` segment of the recommended feed. Times as HL7 writes them. */
export type Period = {
  id: string;
  status: readonly [code: string, text: string];
  from: string;
  to?: string;
  community?: readonly [code: 'CTO', from: string];
  council?: string;
  commissioner?: string;
};

/** An ADT message as a trust's records system writes it. */
export type Adt = {
  trigger: string;
  sentAt: string;
  person: Invented;
  visit?: string;
  admitted?: string;
  left?: string;
  method?: string;
  destination?: string;
  /** The record that is merged into this one. */
  retired?: Invented;
  periods?: readonly Period[];
  trust?: string;
};

export function adt(message: Adt, controlId: string): string {
  const { trigger, sentAt, person, retired, trust = 'RXT' } = message;
  const segments = [
    [
      'MSH',
      '^~\\&',
      'EPR',
      trust,
      'AFTERCARE',
      'QHL',
      sentAt,
      '',
      `ADT^${trigger}`,
      controlId,
      'P',
      '2.5.1',
      ...MSH_13_TO_18,
    ],
    ['EVN', trigger, sentAt],
    ['PID', '1', '', identifiers(person, trust), '', `${person.family}^${person.given}`, '', person.born],
    ...(retired ? [['MRG', identifiers(retired, trust)]] : []),
    visitOf(message),
    ...(message.periods ?? []).map((period, index) => segmentOf(period, index + 1)),
  ];
  return segments.map((fields) => `${fields.join('|')}\r`).join('');
}

const MSH_13_TO_18 = ['', '', '', '', '', 'UNICODE UTF-8'];

const identifiers = ({ nhsNumber, mrn }: Invented, trust: string): string =>
  [...(nhsNumber === null ? [] : [`${nhsNumber}^^^NHS^NH`]), `${mrn}^^^${trust}^MR`].join('~');

function visitOf({ visit, method, destination, admitted, left }: Adt): string[] {
  return fields('PV1', { 1: '1', 2: 'I', 19: visit, 36: method, 37: destination, 44: admitted, 45: left });
}

function segmentOf(period: Period, setId: number): string[] {
  return fields('ZMH', {
    1: String(setId),
    2: period.id,
    3: [...period.status, 'MHACT-ENG'].join('^'),
    4: period.from,
    5: period.to,
    7: 'U',
    8: period.community?.[0],
    9: period.community?.[1],
    11: period.council && `${period.council}^^^GSS`,
    13: period.commissioner && `${period.commissioner}^^^ODS`,
  });
}

/** A segment from its numbered fields, as long as the last that has a value. */
function fields(name: string, values: Record<number, string | undefined>): string[] {
  const numbers = Object.keys(values).map(Number);
  const last = Math.max(...numbers.filter((number) => values[number]));
  return [name, ...Array.from({ length: last }, (_, index) => values[index + 1] ?? '')];
}
