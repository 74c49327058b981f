import type { Given } from '../../src/flow/files.js';

/** One ZMH segment. Days or times as HL7 writes them. */
export type Period = {
  id?: string;
  status?: string;
  system?: string;
  from?: string;
  to?: string;
  action?: 'A' | 'U' | 'D';
  community?: 'CTO' | 'CD' | 'S17' | 'RECALL' | 'REVOKED' | 'AWOL';
  communityFrom?: string;
  communityTo?: string;
  council?: string;
  postcode?: string;
  commissioner?: string;
};

/** One message, as a trust that sends the `zmh` feed would write it. */
export type Adt = {
  trigger: string;
  sentAt: string;
  controlId?: string;
  sender?: string;
  nhsNumber?: string | null;
  mrn?: string | null;
  numberStatus?: string;
  family?: string;
  birthDate?: string;
  postcode?: string;
  deathIndicator?: string;
  diedOn?: string;
  patientClass?: string;
  visit?: string;
  admitted?: string;
  left?: string;
  method?: string;
  destination?: string;
  eventAt?: string;
  mergedAway?: { nhsNumber?: string; mrn?: string };
  practice?: string;
  periods?: Period[];
};

export const PERSON = '9990000018';
export const OTHER = '9990000026';

export function adt(message: Adt): string {
  const m = {
    sender: 'RXT',
    nhsNumber: PERSON,
    mrn: 'L1',
    patientClass: 'I',
    visit: 'V1',
    family: 'Example',
    ...message,
  };
  const controlId = m.controlId ?? [m.trigger, m.sentAt, m.nhsNumber, m.visit].join('-');
  const msh = `MSH|^~\\&|EPR|${m.sender}|AB|QHL|${m.sentAt}||ADT^${m.trigger}|${controlId}|P|2.5`;
  const evn = fields('EVN', { 1: m.trigger, 2: m.sentAt, 6: m.eventAt });
  const mrg = m.mergedAway && fields('MRG', { 1: identifiers(m.mergedAway.nhsNumber, m.mergedAway.mrn, m.sender) });
  const pid = fields('PID', {
    1: '1',
    3: identifiers(m.nhsNumber, m.mrn, m.sender),
    5: `${m.family}^Pat`,
    7: m.birthDate ?? '19800102',
    11: m.postcode && `1 Example Street^^Exampleton^^${m.postcode}`,
    29: m.diedOn,
    30: m.deathIndicator,
    32: m.numberStatus,
  });
  const pd1 = m.practice && fields('PD1', { 3: `Practice^^${m.practice}` });
  const pv1 = fields('PV1', {
    1: '1',
    2: m.patientClass,
    19: m.visit,
    36: m.method,
    37: m.destination,
    44: m.admitted,
    45: m.left,
  });
  const zmh = (m.periods ?? []).map(periodSegment);
  return [msh, evn, pid, ...(pd1 ? [pd1] : []), ...(mrg ? [mrg] : []), pv1, ...zmh].join('\r');
}

function periodSegment(p: Period, index: number): string {
  return fields('ZMH', {
    1: String(index + 1),
    2: p.id ?? 'P1',
    3: p.status && `${p.status}^as sent^${p.system ?? 'MHACT-ENG'}`,
    4: p.from,
    5: p.to,
    7: p.action,
    8: p.community,
    9: p.communityFrom,
    10: p.communityTo,
    11: codeOf(p.council, 'GSS'),
    12: p.postcode,
    13: codeOf(p.commissioner, 'ODS'),
  });
}

/** `""` takes back what was told before. */
const codeOf = (code: string | undefined, system: string): string | undefined =>
  code === '""' ? code : code && `${code}^^^${system}`;

const identifiers = (nhsNumber: string | null | undefined, mrn: string | null | undefined, sender: string): string =>
  [nhsNumber && `${nhsNumber}^^^NHS^NH`, mrn && `${mrn}^^^${sender}^MR`].filter(Boolean).join('~');

function fields(name: string, values: Record<number, string | undefined>): string {
  const last = Math.max(...Object.keys(values).map(Number));
  return [name, ...Array.from({ length: last }, (_, i) => values[i + 1] ?? '')].join('|');
}

/** A section 3 from 1 January to 20 February 2026, resident in Birmingham before it. */
export const SECTION_3: Period = {
  id: 'P1',
  status: '03',
  from: '20260101',
  to: '20260220',
  council: 'E08000025',
  commissioner: '15E',
};

/** Home on 1 March 2026, after that section 3. */
export const HOME: Adt = {
  trigger: 'A03',
  sentAt: '20260301100500',
  admitted: '20260101080000',
  left: '20260301100000',
  method: '1',
  destination: '19',
  periods: [SECTION_3],
};

/** The same of somebody else, with a record, a stay and a detention of their own. */
export const homeOf = (nhsNumber: string, over: Partial<Adt> = {}): Adt => ({
  ...HOME,
  nhsNumber,
  mrn: `L${nhsNumber}`,
  visit: `V${nhsNumber}`,
  periods: [{ ...SECTION_3, id: `P${nhsNumber}` }],
  ...over,
});

export const asGiven = (messages: readonly string[]): Given[] =>
  messages.map((message, index) => ({ file: 'story.hl7', index, bytes: Buffer.from(message) }));
