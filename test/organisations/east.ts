import { addDays } from '../../src/register/day.js';
import { ordRecord } from './ord-records.js';

/** Invented: on a day the ICBs of Essex and of Norfolk and Suffolk become one, and the places of both go with them. */
export function eastOn(on: string) {
  const last = addDays(on, -1);
  const old = (code: string, name: string) =>
    ordRecord({
      code,
      name,
      from: '2026-04-01',
      to: last,
      changed: '2027-01-15',
      roles: [
        { id: 'RO261', from: '2026-04-01', to: last },
        { id: 'RO318', from: '2026-04-01', to: last },
      ],
      successors: [{ code: 'E4S7T', on: on }],
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
        { icb: before, from: '2026-04-01', to: last },
        { icb: 'E4S7T', from: on },
      ],
    });

  const east = ordRecord({
    code: 'E4S7T',
    name: 'NHS EAST INTEGRATED CARE BOARD',
    from: on,
    changed: '2027-01-15',
    roles: [
      { id: 'RO261', from: on },
      { id: 'RO318', from: on },
    ],
    // The same two changes, mirrored; one of them on the last day of the old body.
    predecessors: [
      { code: 'D7T5G', on: last },
      { code: 'T6Y0W', on: on },
    ],
  });

  const oldIcbs = [
    old('D7T5G', 'NHS ESSEX INTEGRATED CARE BOARD'),
    old('T6Y0W', 'NHS NORFOLK AND SUFFOLK INTEGRATED CARE BOARD'),
  ];

  const places = [
    ...['06T', '06Q', '07G', '07H', '99E', '99F', '99G'].map((code) => place(code, 'D7T5G')),
    ...['06L', '07K', '26A'].map((code) => place(code, 'T6Y0W')),
  ];

  return { east, oldIcbs, places, all: [east, ...oldIcbs, ...places] };
}

export const { east: EAST, oldIcbs: OLD_ICBS, places: PLACES, all: ALL } = eastOn('2027-04-01');
