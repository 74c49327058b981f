import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Explanation } from '../../src/flow/explain.js';
import { londonDay } from '../../src/register/day.js';
import type { Entry, Episode } from '../../src/register/entry.js';
import type { MessageFact } from '../../src/register/fact.js';
import { type Stated, tell } from '../scenarios/tell.js';
import { sentTo } from '../scenarios/thirty-four/telling.js';
import { type Story, story } from './histories.js';

const TODAY = '2026-11-21';
const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 250) };

/** What may be evidence about one person: what was told by messages, and what people stated and did not withdraw. */
type Evidence = { entry: Entry; told: MessageFact[]; stated: Stated[]; wasCorrected: boolean };

function evidenceAbout(entry: Entry, { messages }: Explanation, stated: readonly Stated[]): Evidence {
  const numbers = [entry.nhsNumber, ...entry.formerNhsNumbers];
  const theirs = stated.filter(({ nhsNumber }) => numbers.includes(String(nhsNumber)));
  const withdrawn = theirs.flatMap((fact) => (fact.kind === 'withdrawn' ? [fact.fact] : []));
  const all = messages.flatMap(({ facts }) => facts);
  const merges = all.filter(({ kind }) => kind === 'identity-merged');
  const isUndone = (fact: Stated): boolean =>
    (fact.kind === 'identity-separated' && merges.length > 0) || merges.some(({ id }) => fact.fact === id);
  return {
    entry,
    wasCorrected: stated.some(isUndone) || all.some(({ kind }) => kind === 'visit-moved'),
    told: messages.flatMap(({ facts }) => facts).filter(({ id }) => !withdrawn.includes(id)),
    stated: theirs.filter(({ id }) => !withdrawn.includes(id)),
  };
}

const daysOfDecisions = ({ stated }: Evidence, body: string, from: string): string[] =>
  stated.flatMap((fact) =>
    fact.kind === 'aftercare-decision' &&
    fact.body === body &&
    fact.decision === 'no-longer-needed' &&
    fact.personInvolved === true &&
    JSON.stringify(fact.reasons).includes('needs-reassessed-none-remaining') &&
    String(fact.decidedOn) >= from
      ? [String(fact.decidedOn)]
      : [],
  );

/** Two decisions about needs with the person involved, the later on the day of the ending. */
function isJointlyDecided({ from, to }: Episode, evidence: Evidence): boolean {
  if (from === null || to === null) return false;
  const [council, icb] = ['council', 'icb'].map((body) => daysOfDecisions(evidence, body, from));
  const bothBy = (day: string) => [council, icb].every((days) => days?.some((decided) => decided <= day));
  return bothBy(to) && [...(council ?? []), ...(icb ?? [])].includes(to);
}

const isRedetained = ({ to }: Episode, next: Episode | undefined, { told, stated }: Evidence): boolean =>
  next?.qualifying.some(({ from }) => from === to) === true &&
  (told.some((fact) => fact.kind === 'detention' && fact.from === to) ||
    stated.some((fact) => fact.kind === 'detention' && fact.from === to));

/** People answered that a return to hospital began a new duty. */
const isDecidedAnew = (next: Episode | undefined, { stated }: Evidence): boolean =>
  next?.qualifying.some(({ key }) => key.endsWith('|new-duty')) === true &&
  stated.some((fact) => fact.kind === 'answer' && fact.option === 'new-duty');

const isDead = ({ to }: Episode, { entry, told, stated }: Evidence): boolean =>
  entry.diedOn === to &&
  (told.some((f) => f.kind === 'left-hospital' && f.leaving === 'died' && londonDay(f.effectiveAt) === to) ||
    stated.some((f) => f.kind === 'died' && f.verified === true && f.on === to) ||
    stated.some((f) => f.kind === 'answer' && f.option === 'confirmed'));

/** Told and taken back, and people said that it never was; or another's, until a merge was undone or a stay moved. */
const isInError = ({ told, stated, wasCorrected }: Evidence): boolean =>
  (told.some(({ kind }) => kind === 'detention-withdrawn') &&
    stated.some((fact) => fact.kind === 'answer' && fact.option === 'never-detained')) ||
  wasCorrected;

function hasEvidence(episode: Episode, next: Episode | undefined, evidence: Evidence): boolean {
  switch (episode.status) {
    case 'ended':
      return isJointlyDecided(episode, evidence);
    case 'superseded':
      return isRedetained(episode, next, evidence) || isDecidedAnew(next, evidence);
    case 'died':
      return isDead(episode, evidence);
    case 'entered-in-error':
      return isInError(evidence);
    default:
      return episode.to === null && episode.endedBy === null;
  }
}

/** What a body is sent, and what of the register it rests on. */
const RESTS_ON: [RegExp, (entry: Entry, to: string, told: readonly MessageFact[]) => boolean][] = [
  [/joint-decision|CarePlan completed/, ({ episodes }) => episodes.some(({ status }) => status === 'ended')],
  [/redetained/, ({ episodes }) => episodes.some(({ status }) => status === 'superseded')],
  [/\(died\)/, ({ diedOn }) => diedOn !== null],
  [/discharge-cancelled/, (_entry, _to, told) => told.some(({ kind }) => kind === 'left-hospital-cancelled')],
  [/in-error/, ({ episodes }) => episodes.some(({ status }) => status === 'entered-in-error')],
  [/responsibility-moved/, ({ episodes }, to) => episodes.some(({ council }) => ![null, to].includes(council.code))],
];

test('whatever the history, nothing ends without its evidence: two decisions, a new qualifying detention, a death, or a detention that never was', () => {
  fc.assert(
    fc.property(story, ({ messages, stated }: Story) => {
      const explanation = tell(messages, TODAY, stated);
      for (const entry of explanation.register) {
        const evidence = evidenceAbout(entry, explanation, stated);
        for (const [index, episode] of entry.episodes.entries()) {
          const is = { status: episode.status, hasEvidence: hasEvidence(episode, entry.episodes[index + 1], evidence) };
          expect(is).toEqual({ ...is, hasEvidence: true });
        }
      }
    }),
    RUNS,
  );
}, 600_000);

test('whatever the history, no aftercare ends while a community treatment order is in force', () => {
  fc.assert(
    fc.property(story, ({ messages, stated }: Story) => {
      for (const { episodes, nhsNumber } of tell(messages, TODAY, stated).register) {
        for (const { status, to } of episodes) {
          if (status !== 'ended' || to === null) continue;
          const then = tell(messages, to, stated).register.find((entry) => entry.nhsNumber === nhsNumber);
          expect(then?.concurrent).not.toContain('cto');
        }
      }
    }),
    RUNS,
  );
}, 600_000);

test('whatever the history, no body is sent an ending for which the register gives no ground', () => {
  fc.assert(
    fc.property(story, ({ messages, stated }: Story) => {
      const explanation = tell(messages, TODAY, stated);
      for (const entry of explanation.register) {
        const { told } = evidenceAbout(entry, explanation, stated);
        for (const said of sentTo(explanation, entry.nhsNumber)) {
          const unfounded = RESTS_ON.filter(
            ([pattern, holds]) => pattern.test(said) && !holds(entry, said.slice(0, said.indexOf(':')), told),
          );
          expect({ said, unfounded }).toEqual({ said, unfounded: [] });
        }
      }
    }),
    RUNS,
  );
}, 600_000);
