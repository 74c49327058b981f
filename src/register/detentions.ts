import type { Desk } from './desk.js';
import type { QualifyingBasis } from './fact.js';
import type { Detention, History } from './history.js';
import { courtOrder } from './rules/insanity-act-hospital-order.js';
import { qualifyingDetention } from './rules/qualifying-detention.js';
import { recordedInError } from './rules/recorded-in-error.js';
import { EVIDENCE_OF_DETENTION } from './stated-words.js';

/** `decidedBy`: the answers by which people decided that it is a detention of its own. */
export type Qualifying = Detention & { basis: QualifyingBasis; decidedBy?: readonly string[] };

/** What the FHIR identifiers of an episode with these detentions are anchored to. */
export const anchorsOf = (detentions: readonly Qualifying[]): string[] =>
  detentions.flatMap(({ key, alsoTold }) => [key, ...alsoTold]).sort();

/** The facts that these detentions rest on. */
export const factsOf = (detentions: readonly Qualifying[]): string[] =>
  detentions.flatMap(({ factId, decidedBy = [] }) => [factId, ...decidedBy]);

/**
 * Which detentions bring section 117, and which were recorded in error. What is unclear is asked, never guessed, and
 * nothing is ever dropped unasked.
 */
export function qualifyingDetentions(history: History, desk: Desk): { standing: Qualifying[]; inError: Qualifying[] } {
  const standing: Qualifying[] = [];
  const inError: Qualifying[] = [];
  for (const detention of history.detentions) {
    const basis = desk.hasCome(detention.from) ? basisOf(detention, desk) : null;
    if (basis === null) continue;
    const facts = [detention.factId, ...answersAbout(detention, desk)];
    if (stands(detention, desk)) {
      const rule = basis === 'cpia-hospital-order' ? courtOrder : qualifyingDetention;
      desk.because(rule, `Detained under ${inWords(basis)} from ${detention.from}${until(detention)}.`, facts);
      standing.push({ ...detention, basis });
    } else {
      desk.because(
        recordedInError,
        `The sender withdrew the detention of ${detention.from}, and people found that the person was never detained under it.`,
        facts,
      );
      inError.push({ ...detention, basis });
    }
  }
  return { standing, inError };
}

const UNCLEAR = 'legal-status-unclear' as const;

function basisOf(detention: Detention, desk: Desk): QualifyingBasis | null {
  const { bearing, basis, code, text } = detention.status;
  if (bearing === 'no' || bearing === 'nothing') return null;
  if (isOnlyReported(detention) && !isShown(detention, desk)) return null;
  if (bearing === 'yes') return basis;

  const answer = desk.ask({
    kind: UNCLEAR,
    text: `Legal status ${code} (${text}) from ${detention.from} does not say by itself whether section 117 applies. What do the papers show?`,
    options: ['qualifies', 'does-not-qualify'],
    about: [detention.key, detention.status.system, detention.status.code],
    facts: [detention.factId],
  });
  if (answer === 'does-not-qualify') return null;
  if (bearing === 'confirm') return basis;
  return answer === 'qualifies' ? 'other-confirmed' : null;
}

/** What people decided about it: whether it qualifies, was only reported, or never was. */
function answersAbout(detention: Detention, desk: Desk): string[] {
  const { key, status, withdrawn } = detention;
  const asked = [
    ...(status.bearing === 'yes' ? [] : [{ kind: UNCLEAR, about: [key, status.system, status.code] }]),
    ...(isOnlyReported(detention) ? [{ kind: UNCLEAR, about: [key, 'reported'] }] : []),
    ...(withdrawn ? [{ kind: 'detention-withdrawn' as const, about: [key] }] : []),
  ];
  return asked.flatMap((question) => desk.answersTo(question).map(({ id }) => id));
}

/**
 * Told from memory or hearsay, such as `reported-by-family`, or begun with a word that nobody knows. What a body's own
 * register says (`reported`) is that body's word.
 */
const isOnlyReported = ({ certainty }: Detention): boolean => {
  const [word] = certainty?.toLowerCase().match(/^[a-z-]+/) ?? [];
  return certainty !== null && !EVIDENCE_OF_DETENTION.some((known) => known === word);
};

/** A person weighs what nobody has papers for; until then it takes nothing and gives nothing. */
function isShown({ key, from, factId }: Detention, desk: Desk): boolean {
  const answer = desk.ask({
    kind: UNCLEAR,
    text: `A qualifying detention from ${from} is only reported. Search the archives of the hospital and of its successors; hold any charging meanwhile. Is it shown?`,
    options: ['detained', 'not-shown'],
    about: [key, 'reported'],
    facts: [factId],
  });
  return answer === 'detained';
}

/** A withdrawn period keeps its effect until the Mental Health Act office has said what the withdrawal meant. */
function stands(detention: Detention, desk: Desk): boolean {
  if (!detention.withdrawn) return true;
  const answer = desk.ask({
    kind: 'detention-withdrawn',
    text: `The sender withdrew a detention that began on ${detention.from}. Was the person never detained under it, or is only the record at fault? Until it is answered the detention counts.`,
    options: ['detention-stands', 'never-detained'],
    about: [detention.key],
    facts: [detention.factId],
  });
  return answer !== 'never-detained';
}

const until = ({ to }: Detention): string => (to === null ? '' : ` to ${to}`);

const WORDS: Record<QualifyingBasis, string> = {
  s3: 'section 3',
  s37: 'section 37',
  's37-41': 'sections 37 and 41',
  s45A: 'section 45A',
  s47: 'section 47',
  's47-49': 'sections 47 and 49',
  s48: 'section 48',
  's48-49': 'sections 48 and 49',
  'cpia-hospital-order': 'a hospital order of the Insanity Act 1964',
  'other-confirmed': 'a power that people found to qualify',
};

const inWords = (basis: QualifyingBasis): string => WORDS[basis];
