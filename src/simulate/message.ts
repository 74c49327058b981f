import type { Day } from '../register/day.js';

/** Under which names a trust has somebody; of `nhsNumber` null it knows none. */
export type Named = { nhsNumber: string | null; mrn: string };

/** One `ZMH` segment: days, or times as HL7 writes them. */
export type Period = {
  id: string;
  status?: string;
  from?: Day;
  to?: Day;
  action?: 'U' | 'D';
  community?: 'CTO' | 'S17' | 'RECALL' | 'REVOKED';
  communityFrom?: Day;
  communityTo?: Day;
  council?: string;
  commissioner?: string;
};

/** An ADT message of the `zmh` feed. Moments are written as HL7 has them, in the trust's own time. */
export type Adt = {
  trust: string;
  trigger: string;
  controlId: string;
  sentAt: string;
  person: Named;
  visit?: string;
  admitted?: string;
  left?: string;
  method?: string;
  destination?: string;
  eventAt?: string;
  /** The record that is merged into this one. */
  retired?: Named;
  diedOn?: Day;
  periods?: readonly Period[];
};

/** A moment of a day, `time` as HHMM. */
export const at = (day: Day, time: string): string => `${plain(day)}${time}00`;

export function adt(message: Adt): string {
  const { trust, trigger, controlId, sentAt, person, retired, periods = [] } = message;
  return [
    `MSH|^~\\&|EPR|${trust}|AFTERCARE|QHL|${sentAt}||ADT^${trigger}|${controlId}|P|2.5.1`,
    fields('EVN', { 1: trigger, 2: sentAt, 6: message.eventAt }),
    fields('PID', {
      1: '1',
      3: identifiers(person, trust),
      5: `Example^${person.mrn}`,
      7: '19800102',
      29: message.diedOn && plain(message.diedOn),
      30: message.diedOn && 'Y',
    }),
    ...(retired ? [fields('MRG', { 1: identifiers(retired, trust) })] : []),
    fields('PV1', {
      1: '1',
      2: 'I',
      19: message.visit,
      36: message.method,
      37: message.destination,
      44: message.admitted,
      45: message.left,
    }),
    ...periods.map(periodSegment),
  ].join('\r');
}

const periodSegment = (period: Period, index: number): string =>
  fields('ZMH', {
    1: String(index + 1),
    2: period.id,
    3: period.status && `${period.status}^as sent^MHACT-ENG`,
    4: period.from && plain(period.from),
    5: period.to && plain(period.to),
    7: period.action,
    8: period.community,
    9: period.communityFrom && plain(period.communityFrom),
    10: period.communityTo && plain(period.communityTo),
    11: period.council && `${period.council}^^^GSS`,
    13: period.commissioner && `${period.commissioner}^^^ODS`,
  });

const identifiers = ({ nhsNumber, mrn }: Named, trust: string): string =>
  [...(nhsNumber === null ? [] : [`${nhsNumber}^^^NHS^NH`]), `${mrn}^^^${trust}^MR`].join('~');

const plain = (day: Day): string => day.replaceAll('-', '');

function fields(name: string, values: Record<number, string | undefined>): string {
  const last = Math.max(...Object.entries(values).flatMap(([place, value]) => (value ? [Number(place)] : [0])));
  return [name, ...Array.from({ length: last }, (_, index) => values[index + 1] ?? '')].join('|');
}
