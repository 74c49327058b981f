import fc from 'fast-check';
import { type Entry, type Episode, UNKNOWN_BODY } from '../../src/register/entry.js';
import type { QualifyingBasis } from '../../src/register/fact.js';
import * as people from './entries.js';

const { BIRMINGHAM, BLACK_COUNTRY, BSOL, COVENTRY, PLAN, SOLIHULL } = people;
export const anyDay = fc.constantFrom('2025-12-24', '2026-03-01', '2026-07-01', '2027-05-01');
const anyBasis = fc.constantFrom<QualifyingBasis[]>('s3', 's37', 's37-41', 's47-49', 's48-49');
const council = fc.oneof(
  fc.constantFrom(BIRMINGHAM, SOLIHULL).map(people.agreed),
  fc.constantFrom(BIRMINGHAM, COVENTRY).map(people.provisional),
  fc.constant(people.disputed([BIRMINGHAM, SOLIHULL])),
  fc.constant(UNKNOWN_BODY),
);

const anyEpisode: fc.Arbitrary<Episode> = fc
  .record({
    make: fc.constantFrom(
      people.episode,
      people.inHospital,
      people.redetained,
      people.jointlyEnded,
      people.died,
      people.inError,
    ),
    council,
    formerCouncils: fc.subarray([BIRMINGHAM, SOLIHULL, COVENTRY]),
    formerIcbs: fc.subarray([BSOL, BLACK_COUNTRY]),
    dischargeCancelled: fc.boolean(),
    onHold: fc.boolean(),
    plan: fc.option(fc.constant(PLAN)),
    qualifying: fc.tuple(anyBasis, anyDay).map(([basis, from]) => [{ key: 'RXT|P1', basis, from, to: null }]),
  })
  .map(({ make, ...changes }) => make(changes));

/** One or two episodes of one person, in any state, with any bodies. */
export const anyEntry: fc.Arbitrary<Entry> = fc
  .record({ first: anyEpisode, second: fc.option(anyEpisode), bornOn: fc.option(anyDay) })
  .map(({ first, second, bornOn }) =>
    people.entry(second ? [first, { ...second, anchors: ['RXT|P2'] }] : [first], { birthDate: bornOn }),
  );
