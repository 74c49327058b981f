import type { Desk } from './desk.js';
import type { History } from './history.js';
import type { Person } from './identity.js';
import type { ToldPeriod } from './period-number.js';
import { verifiedIdentity } from './rules/verified-identity.js';

/** False while the number is missing, reported unverified, or in conflict: the register keeps the person, nothing goes out. */
export function askAboutIdentity(person: Person, history: History, desk: Desk): boolean {
  const isMixedUp =
    person.doubts.filter((doubt) => desk.ask(doubt) === null && doubt.kind === 'identity-conflict').length > 0;
  const isShared = person.sharedPeriods.filter((period) => askWhosePeriod(period, desk)).length > 0;
  return !isMixedUp && isNumberCertain(person, history, desk) && !isShared;
}

function isNumberCertain(person: Person, history: History, desk: Desk): boolean {
  const numberStatus = statusOf(person, history);
  if (person.nhsNumber !== null && (numberStatus === null || numberStatus.verified)) return true;
  const facts = numberStatus ? [numberStatus.id] : person.facts.slice(0, 1).map((f) => f.id);
  desk.because(verifiedIdentity, 'The NHS number is missing or reported as not verified; nothing is sent.', facts);
  desk.ask({
    kind: 'identity-unverified',
    text: `${whatIsWrong(person, history)} Trace the person; nothing is sent to anyone until then.`,
    options: [],
    about: facts,
    facts,
  });
  return false;
}

/** True while nobody has said that the number was given twice: then the question is open. */
function askWhosePeriod({ number, factId }: ToldPeriod, desk: Desk): boolean {
  const answer = desk.ask({
    kind: 'identity-conflict',
    text: `The Mental Health Act period ${number} was told of this person and of another. If they are one, the sender merges them; if it is the other's alone, the sender withdraws it here. If each has a detention of their own and the number was given twice, say so for each. Until then it counts for both, and nothing new is sent.`,
    options: ['number-given-twice'],
    about: [number],
    facts: [factId],
  });
  if (answer !== null) return false;
  desk.because(verifiedIdentity, 'One period of detention was told of two people; nothing new is sent.', [factId]);
  return true;
}

/** A number that failed its check says nothing of a person whose right number has come since. */
const statusOf = ({ nhsNumber }: Person, { numberStatuses }: History) =>
  numberStatuses.find(({ problem }) => problem !== 'fails-check' || nhsNumber === null) ?? null;

function whatIsWrong(person: Person, history: History): string {
  const numberStatus = statusOf(person, history);
  if (numberStatus?.problem === 'fails-check') return 'The NHS number that was sent fails its check digit.';
  if (person.nhsNumber === null) return 'No NHS number was sent.';
  if (numberStatus?.problem === 'several-numbers') return 'One message gave several NHS numbers.';
  return 'The sender reports the NHS number as not verified.';
}
