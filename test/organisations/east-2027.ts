import { ordRecord } from './ord-records.js';

/** Invented: on 1 April 2027 the ICBs of Essex and of Norfolk and Suffolk become one, and the places of both go with them. */
const ON = '2027-04-01';
const LAST = '2027-03-31';

const old = (code: string, name: string) =>
  ordRecord({
    code,
    name,
    from: '2026-04-01',
    to: LAST,
    changed: '2027-01-15',
    roles: [
      { id: 'RO261', from: '2026-04-01', to: LAST },
      { id: 'RO318', from: '2026-04-01', to: LAST },
    ],
    successors: [{ code: 'E4S7T', on: ON }],
  });

const place = (code: string, before: string) =>
  ordRecord({
    code,
    name: `NHS EAST ICB - ${code}`,
    from: '2013-04-01',
    changed: '2027-01-15',
    roles: [
      { id: 'RO98', from: '2013-04-01' },
      { id: 'RO319', from: '2022-07-01' },
    ],
    icbs: [
      { icb: before, from: '2026-04-01', to: LAST },
      { icb: 'E4S7T', from: ON },
    ],
  });

export const EAST = ordRecord({
  code: 'E4S7T',
  name: 'NHS EAST INTEGRATED CARE BOARD',
  from: ON,
  changed: '2027-01-15',
  roles: [
    { id: 'RO261', from: ON },
    { id: 'RO318', from: ON },
  ],
  // The same two changes, mirrored; one of them on the last day of the old body.
  predecessors: [
    { code: 'D7T5G', on: LAST },
    { code: 'T6Y0W', on: ON },
  ],
});

export const OLD_ICBS = [
  old('D7T5G', 'NHS ESSEX INTEGRATED CARE BOARD'),
  old('T6Y0W', 'NHS NORFOLK AND SUFFOLK INTEGRATED CARE BOARD'),
];

export const PLACES = [
  ...['06T', '06Q', '07G', '07H', '99E', '99F', '99G'].map((code) => place(code, 'D7T5G')),
  ...['06L', '07K', '26A'].map((code) => place(code, 'T6Y0W')),
];

export const ALL = [EAST, ...OLD_ICBS, ...PLACES];
