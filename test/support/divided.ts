import type { Membership, SmallArea } from '../../src/organisations/directory.js';
import type { Row } from './postcodes.js';

/** Invented practices: of the three parts of Frimley, one of Devon, of Essex, and one of each part of Tameside and Glossop. */
export const SURREY = 'Y99911';
export const THAMES_VALLEY = 'Y99912';
export const HAMPSHIRE = 'Y99913';
export const DEVON = 'Y99914';
export const ESSEX = 'Y99915';
export const GLOSSOP = 'Y99916';
export const TAMESIDE = 'Y99917';
export const CLOSED = 'Y99918';

const since = (commissioner: string, from: string): Membership => ({ commissioner, from, to: null });
const moved = (to: string): Membership[] => [
  { commissioner: 'D4U1Y', from: '2021-04-01', to: '2026-03-31' },
  since(to, '2026-04-01'),
];

export const PRACTICES = new Map<string, Membership[]>([
  [SURREY, moved('92A')],
  [THAMES_VALLEY, moved('U2G6B')],
  [HAMPSHIRE, moved('D9Y0V')],
  [DEVON, [since('15N', '2021-04-01')]],
  [ESSEX, [since('06T', '2013-04-01')]],
  [GLOSSOP, [{ commissioner: '01Y', from: '2013-04-01', to: '2022-06-30' }, since('15M', '2022-07-01')]],
  [TAMESIDE, [since('01Y', '2013-04-01')]],
  [CLOSED, [{ commissioner: 'D4U1Y', from: '2021-04-01', to: '2025-09-30' }]],
]);

export const area = (from: string, subIcb: string, icb: string): SmallArea => ({ from, subIcb, icb, council: null });

/** Invented small areas; the second was looked up before Frimley was divided, and never since. */
export const AREAS = new Map<string, SmallArea[]>([
  ['E01030001', [area('2026-04-01', '92A', 'S9B9J'), area('2024-04-01', 'D4U1Y', 'QNQ')]],
  ['E01030002', [area('2024-04-01', 'D4U1Y', 'QNQ')]],
  ['E01030003', [area('2024-04-01', '15M', 'QJ2'), area('2022-07-01', '15M', 'QJ2')]],
  ['E01030004', [area('2024-04-01', '06T', 'QJG')]],
]);

export const IN_SURREY = 'GU16 7UJ';
export const UNDECIDED = 'GU17 9AA';
export const IN_GLOSSOP = 'SK13 8AA';
export const IN_ESSEX = 'CO1 1AA';
export const POSTCODES: readonly Row[] = [
  { postcode: IN_SURREY, district: 'E07000214', county: 'E10000030', lsoa: 'E01030001' },
  { postcode: UNDECIDED, district: 'E07000089', county: 'E10000014', lsoa: 'E01030002' },
  { postcode: IN_GLOSSOP, district: 'E07000037', county: 'E10000007', lsoa: 'E01030003' },
  { postcode: IN_ESSEX, district: 'E07000071', county: 'E10000012', lsoa: 'E01030004' },
];
