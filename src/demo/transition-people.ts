import { nhsNumber } from '../invented.js';
import { adt } from './messages.js';
import type { Invented } from './people.js';

/**
 * Every CCG of 30 June 2022, by the council of that day in which most of its area lay.
 * Source: ONS, look-ups of small areas (2011) to CCGs and local authorities, April 2021 (OGL v3).
 */
const CCGS_BY_COUNCIL: Readonly<Record<string, string>> = {
  E06000004: '16C',
  E06000006: '01F',
  E06000007: '02E',
  E06000008: '00Q',
  E06000009: '00R',
  E06000010: '03F',
  E06000011: '02Y',
  E06000012: '03H',
  E06000013: '03K',
  E06000014: '03Q',
  E06000016: '04C',
  E06000021: '05W',
  E06000023: '15C',
  E06000033: '99G',
  E06000034: '07G',
  E06000041: '15A',
  E06000043: '09D',
  E06000044: '10R',
  E06000047: '84H',
  E06000049: '27D',
  E06000051: 'M2L0M',
  E06000052: '11N',
  E06000054: '92G',
  E06000056: 'M1J4Y',
  E06000057: '00L',
  E06000058: '11J',
  E06000060: '14Y',
  E06000062: '78H',
  E08000001: '00T',
  E08000002: '00V',
  E08000003: '14L',
  E08000004: '00Y',
  E08000005: '01D',
  E08000006: '01G',
  E08000007: '01W',
  E08000008: '01Y',
  E08000009: '02A',
  E08000010: '02H',
  E08000011: '01J',
  E08000012: '99A',
  E08000013: '01X',
  E08000014: '01T 01V',
  E08000015: '12F',
  E08000016: '02P',
  E08000017: '02X',
  E08000018: '03L',
  E08000019: '03N',
  E08000021: '13T',
  E08000022: '99C',
  E08000023: '00N',
  E08000024: '00P',
  E08000025: '15E',
  E08000027: 'D2P2L',
  E08000032: '36J',
  E08000033: '02T',
  E08000034: 'X2C4Y',
  E08000035: '15F',
  E08000036: '03R',
  E09000003: '93C',
  E09000006: '72Q',
  E09000008: '36L',
  E09000009: 'W2U3Z',
  E09000025: 'A3A8R',
  E10000003: '06H',
  E10000006: '01H 01K',
  E10000007: '15M',
  E10000008: '15N',
  E10000011: '97R',
  E10000012: '06Q 06T 07H 99E 99F',
  E10000013: '11M',
  E10000014: 'D4U1Y D9Y0V',
  E10000015: '06K 06N',
  E10000016: '91Q',
  E10000017: '00X 01A 01E 02G 02M',
  E10000018: '03W 04V',
  E10000019: '71E',
  E10000020: '26A',
  E10000023: '42D',
  E10000024: '02Q 52R',
  E10000025: '10Q',
  E10000027: '11X',
  E10000028: '04Y 05D 05G 05Q 05V',
  E10000029: '06L 07K',
  E10000030: '92A',
  E10000031: 'B2M3M',
  E10000032: '70F',
  E10000034: '18C',
};

/** One invented person of each CCG of 30 June 2022, detained and home again before that day. */
export type Resident = { person: Invented; council: string; ccg: string };

export const RESIDENTS: readonly Resident[] = Object.entries(CCGS_BY_COUNCIL)
  .flatMap(([council, ccgs]) => ccgs.split(' ').map((ccg) => ({ council, ccg })))
  .map((place, nth) => ({ ...place, person: residentOf(place.ccg, nth) }));

function residentOf(ccg: string, nth: number): Invented {
  return { family: ccg, given: 'Resident', nhsNumber: nhsNumber(nth), mrn: `T${1000 + nth}`, born: '19800101' };
}

/** What the trust sends of one: a section 3 in 2021, and the leaving of hospital. */
export const leavingOf = ({ person, council, ccg }: Resident): string =>
  adt(
    {
      trigger: 'A03',
      sentAt: '20210601100000',
      person,
      visit: `V${person.mrn}`,
      admitted: '20210301090000',
      left: '20210601093000',
      method: '1',
      destination: '19',
      periods: [section3(`MHA-${person.mrn}`, '20210301090000', '20210528120000', council, ccg)],
    },
    `TR${person.mrn}`,
  );

/** Of somebody else, sent years after the change by a trust whose system still has the codes of CCGs. */
export const staleOf = ({ council, ccg }: Resident): string => {
  const person = { ...residentOf(ccg, RESIDENTS.length), given: 'Latecomer' };
  return adt(
    {
      trigger: 'A03',
      sentAt: '20240601100000',
      person,
      visit: `V${person.mrn}`,
      admitted: '20240301090000',
      left: '20240601093000',
      method: '1',
      destination: '19',
      periods: [section3(`MHA-${person.mrn}`, '20240301090000', '20240528120000', council, ccg)],
    },
    `TR${person.mrn}`,
  );
};

const section3 = (id: string, from: string, to: string, council: string, commissioner: string) => ({
  id,
  status: ['03', 'Section 3'] as const,
  from,
  to,
  council,
  commissioner,
});
