import type { Period } from './messages.js';
import { nameOf, PEOPLE } from './people.js';
import { EASTMERE, NORTHMOOR, type Stage, type Story } from './stage.js';

/** A clinical commissioning group that the care board succeeded on 1 July 2022; records systems still hold its code. */
const FORMER_COMMISSIONER = '15E';

/** Home, on clinical advice, to where the person usually lives. */
const HOME = { method: '1', destination: '19' };

/** What the hospital sends first. */
export function discharges({ at, section3, story, fhirStory }: Stage): Story[] {
  const home = (left: number, admitted: number, periods: readonly Period[]) => ({
    ...HOME,
    trigger: 'A03',
    sentAt: at(left, '1130'),
    admitted: at(admitted, '0900'),
    left: at(left, '1100'),
    periods,
  });
  const plain = (id: string, left: number, more: Partial<Period> = {}) =>
    home(left, left + 50, [section3(id, left + 49, left + 5, more)]);
  const notDetainedAsFarAsSaid = home(14, 60, []);

  return [
    story('mllp', PEOPLE.ada, 'admitted, detained under section 3, then home', [
      { trigger: 'A01', sentAt: at(58, '0915'), admitted: at(58, '0900') },
      { trigger: 'A08', sentAt: at(57, '1400'), periods: [section3('MHA-101', 57, null)] },
      home(2, 58, [section3('MHA-101', 57, 9)]),
    ]),
    story('mllp', PEOPLE.basil, 'home, no section said; the message comes twice', [
      notDetainedAsFarAsSaid,
      notDetainedAsFarAsSaid,
    ]),
    fhirStory(PEOPLE.chloe, 'leaves on a community treatment order', {
      ...home(20, 90, [section3('MHA-103', 88, null, { community: ['CTO', at(20, '1100')] })]),
    }),
    story('mllp', PEOPLE.dorothy, 'section 3, then home', [plain('MHA-104', 3)]),
    story('mllp', PEOPLE.edwin, 'a hospital order (section 37), then home', [
      plain('MHA-105', 40, { status: ['10', 'Section 37'] }),
    ]),
    story('mllp', PEOPLE.farah, 'section 3, then home in Northmoor', [plain('MHA-106', 200)]),
    story('mllp', PEOPLE.gwen, 'in hospital of her own will', [
      { trigger: 'A01', sentAt: at(6, '0915'), admitted: at(6, '0900') },
    ]),
    story('mllp', PEOPLE.gwenAgain, 'another record: section 3, years ago', [plain('MHA-108', 900)]),
    story('http', PEOPLE.hugo, 'section 3, then home; NHS number not known', [plain('MHA-109', 8)]),
    story('mllp', PEOPLE.ines, 'section 3; the code of an abolished NHS body', [
      plain('MHA-110', 11, { commissioner: FORMER_COMMISSIONER, council: EASTMERE }),
    ]),
    story('mllp', PEOPLE.jonah, 'section 3, then home', [plain('MHA-111', 30)]),
    fhirStory(PEOPLE.kit, 'section 2 on admission, informal on discharge', {
      ...home(4, 54, []),
      legalStatus: { admission: '02', discharge: '01' },
    }),
    story('mllp', PEOPLE.leila, 'a legal status that no table knows', [
      plain('MHA-113', 5, { status: ['77', 'Section three (local)'] }),
    ]),
    story('mllp', PEOPLE.max, 'sent by a trust that is not connected', [{ ...plain('MHA-114', 5), trust: 'RZZ' }]),
  ];
}

/** What becomes of it, once the councils have heard. */
export function afterwards({ at, day, section3, story }: Stage): Story[] {
  return [
    story('mllp', PEOPLE.basil, 'the section 3 is heard of ten days late', [
      { trigger: 'A08', sentAt: at(4, '0930'), periods: [section3('MHA-102', 58, 20, { council: EASTMERE })] },
    ]),
    story('mllp', PEOPLE.dorothy, 'the discharge is cancelled', [
      { trigger: 'A13', sentAt: at(2, '1215'), admitted: at(53, '0900') },
    ]),
    story('mllp', PEOPLE.edwin, 'back in hospital, and dies there', [
      { trigger: 'A01', sentAt: at(12, '2115'), visit: 'V400105-2', admitted: at(12, '2100') },
      {
        trigger: 'A03',
        sentAt: at(6, '0500'),
        visit: 'V400105-2',
        admitted: at(12, '2100'),
        left: at(6, '0430'),
        method: '4',
        destination: '79',
      },
    ]),
    story('mllp', PEOPLE.farah, 'detained again, living in Eastmere by then', [
      {
        ...HOME,
        trigger: 'A03',
        sentAt: at(15, '1130'),
        visit: 'V400106-2',
        admitted: at(70, '0900'),
        left: at(15, '1100'),
        periods: [section3('MHA-206', 69, 18, { council: EASTMERE })],
      },
    ]),
    story('mllp', PEOPLE.gwen, 'the two records are one woman: merged', [
      { trigger: 'A40', sentAt: at(1, '1000'), retired: PEOPLE.gwenAgain },
    ]),
    {
      who: nameOf(PEOPLE.jonah),
      title: 'Northmoor says that Eastmere must answer',
      by: 'officer',
      fact: {
        kind: 'council-determined',
        nhsNumber: PEOPLE.jonah.nhsNumber,
        effectiveOn: day(25),
        council: EASTMERE,
        standing: 'disputed',
        basis: 'lived there before the detention',
        statedBy: { organisation: NORTHMOOR, name: 'A. Invented', role: 'social worker' },
      },
    },
  ];
}
