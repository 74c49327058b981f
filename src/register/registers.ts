import type { Directory } from '../organisations/directory.js';
import type { Day } from './day.js';
import type { Desk } from './desk.js';
import { factsOf } from './detentions.js';
import type { StatedFact } from './fact.js';
import type { History } from './history.js';
import { compare } from './order.js';
import { type Difference, differencesOf } from './register-fields.js';
import { type Reading, readingOf } from './register-reading.js';
import { type Ours, type Standing, standingOn } from './register-status.js';
import { registersAgree } from './rules/registers-agree.js';
import type { Span } from './spans.js';

/**
 * Holds what the bodies' own registers say against the entry, each as of the day on which it said so, and asks about what
 * differs. The entry stays as it is: no answer to it begins, ends or moves anything.
 */
export function askAboutRegisters(ours: WithSpans, history: History, directory: Directory, desk: Desk): void {
  const readings = newestOfEach(history, directory, desk);
  if (readings.length === 0) return;
  const { differences, otherCodes } = differencesOf(readings, ours);
  for (const { reading, written, code } of otherCodes) {
    desk.because(registersAgree, `In ${reading.name} stands ${written}, another code of ${code}.`, [reading.fact.id]);
  }
  if (differences.length > 0) askAbout(differences, readings, { ours, history, desk });
}

/** The newest day of each register; what it says twice of one day, both. */
function newestOfEach({ stated }: History, directory: Directory, desk: Desk): Reading[] {
  const readings = stated
    .filter((f): f is Extract<StatedFact, { kind: 'register-entry' }> => f.kind === 'register-entry')
    .filter(({ on }) => desk.hasCome(on))
    .map((fact) => readingOf(fact, directory, desk));
  const newest = new Map<string, Day>();
  // What people state is in the order of its days.
  for (const { register, fact } of readings) newest.set(register, fact.on);
  return readings.filter(({ register, fact }) => newest.get(register) === fact.on).sort(byKeeper);
}

const KEEPERS = ['trust', 'council', 'icb'];

const byKeeper = (a: Reading, b: Reading): number =>
  KEEPERS.indexOf(a.fact.body) - KEEPERS.indexOf(b.fact.body) ||
  compare(a.register, b.register) ||
  compare(a.fact.id, b.fact.id);

/** `spans` are those of the episodes, in their order. */
type WithSpans = Ours & { spans: readonly Span[] };
type On = { ours: WithSpans; history: History; desk: Desk };

const FIELDS = ['Entries', 'Born', 'Status', 'From', 'To', 'Council', 'ICB'] as const;

function askAbout(differences: readonly Difference[], readings: readonly Reading[], { ours, history, desk }: On): void {
  const differing = readings.filter((reading) => differences.some((each) => each.reading === reading));
  const said = differing.map(({ fact }) => fact.id);
  const standings = differing.map(({ fact }) => standingOn(fact.on, ours));
  const fields = FIELDS.flatMap((field) => inWords(field, differences, readings));
  desk.because(registersAgree, `The registers differ in ${fieldsOf(differences)}; this one stays as it is.`, said);
  const detentions = standings.flatMap(({ at }) => ours.spans[at]?.detentions ?? []);
  desk.ask({
    kind: 'registers-differ',
    text: `${fields.join(' ')} ${whatNext(standings)}`,
    options: mayStand(standings, differing, history) ? ['ours-stands', 'bodies-asked'] : [],
    // Another detention, or another statement of a register, is another question: an answer does not reach so far.
    about: [...said, ...detentions.map(({ key }) => key)],
    facts: [...said, ...factsOf(detentions)],
  });
}

const fieldsOf = (differences: readonly Difference[]): string =>
  FIELDS.filter((field) => differences.some((each) => each.field === field))
    .map((field) => FIELD_WORDS[field].inSentence)
    .join(', ');

const FIELD_WORDS: Record<Difference['field'], { alone: string; inSentence: string }> = {
  Entries: { alone: 'Entries', inSentence: 'how often the person stands there' },
  Born: { alone: 'Born', inSentence: 'the day of birth' },
  Status: { alone: 'Status', inSentence: 'the status' },
  From: { alone: 'Began', inSentence: 'the day on which aftercare began' },
  To: { alone: 'Ended', inSentence: 'the day on which it ended' },
  Council: { alone: 'Council', inSentence: 'the council' },
  ICB: { alone: 'ICB', inSentence: 'the ICB' },
};

/** Every register that has the field, and beside the one that differs what this one has. */
function inWords(
  field: Difference['field'],
  differences: readonly Difference[],
  readings: readonly Reading[],
): string[] {
  const of = differences.filter((each) => each.field === field);
  if (of.length === 0) return [];
  const values = readings.flatMap((reading) => {
    const difference = of.find((each) => each.reading === reading);
    const value = reading.has[field];
    if (value === null) return [];
    return [`${value} in ${reading.name}${difference ? `, where this one has ${difference.here}` : ''}`];
  });
  return [`${FIELD_WORDS[field].alone}: ${values.join('; ')}.`];
}

const isUnknown = ({ status }: Standing): boolean => status === 'not-known';

const whatNext = (standings: readonly Standing[]): string =>
  standings.some(isUnknown)
    ? 'What a register says creates no duty by itself, and a detention that nobody connected costs years. Ask the body what it rests on; record the detention, or that the history was checked and nothing found.'
    : `Nothing here ends or moves by it, whoever spoke last (${registersAgree.cites.split(';')[0]}). Ask each body; record what shows that another register is right.`;

/** Of a person of whom nothing is known here, only once somebody has looked since. */
function mayStand(standings: readonly Standing[], differing: readonly Reading[], { stated }: History): boolean {
  if (!standings.some(isUnknown)) return true;
  const said = differing.map(({ fact }) => fact.on).sort();
  return stated.some(
    (f) => f.kind === 'history-checked' && f.found === 'no-qualifying-detention' && f.on >= (said.at(-1) ?? ''),
  );
}
