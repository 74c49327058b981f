import type { Directory, Step } from '../organisations/directory.js';
import type { Day } from '../register/day.js';
import type { ClockKind, Entry, EntryStatus, Question, QuestionKind, Responsibility } from '../register/entry.js';
import type { Standing } from '../register/fact.js';
import type { KeptBodies } from '../store/folded-with.js';
import type { SentVersion } from './refold-difference.js';

/** Who answers for one side of a person's aftercare: a body, or those between whom nobody has chosen. */
export type Answering = { code: string | null; name: string | null; standing: Standing; candidates: string[] };

/** One side of one person's aftercare that goes from one body to another, or to nobody known. */
export type Move = {
  side: 'council' | 'icb';
  asWritten: string | null;
  from: Answering;
  to: Answering;
  /** The successions that lead there, in order of time; empty where a reason alone says why. */
  steps: Step[];
  /** Reasons that the entry did not have before. */
  because: { rule: string; cites: string; text: string }[];
  /** Where nobody is known to answer: what is asked, and between whom. */
  unresolved: Pick<Question, 'id' | 'kind' | 'text' | 'options'>[];
};

/** Somebody of whom a body changes, with what goes along to the successor and what bodies are sent. */
export type Moving = {
  personKey: string;
  nhsNumber: string | null;
  localId: string | null;
  status: EntryStatus;
  moves: Move[];
  /** What is due and not done. */
  clocks: { kind: ClockKind; dueOn: Day | null }[];
  /** Endings that one body has decided or proposed. */
  openEndings: number;
  sent: SentVersion[];
};

type Change = { was: KeptBodies; is: Entry };

/** Empty where both sides stay with whom they are. */
export const movesOf = (change: Change, directory: Directory): Move[] =>
  (['council', 'icb'] as const).flatMap((side) => moveOf(side, change, directory) ?? []);

export function movingOf(personKey: string, is: Entry, moves: Move[], sent: SentVersion[]): Moving {
  const [local] = is.localIds;
  return {
    personKey,
    nhsNumber: is.nhsNumber,
    localId: is.nhsNumber === null && local ? local.value : null,
    status: is.status,
    moves,
    clocks: is.clocks.flatMap(({ kind, dueOn, state }) => (state === 'done' ? [] : [{ kind, dueOn }])),
    openEndings: is.questions.filter(({ kind }) => ENDINGS.includes(kind)).length,
    sent,
  };
}

const ENDINGS: readonly QuestionKind[] = ['ending-proposed', 'ending-incomplete'];
/** What asks which body answers. */
export const ABOUT_BODIES: readonly QuestionKind[] = [
  'body-split',
  'unmapped-code',
  'which-council',
  'which-icb',
  'council-disputed',
];

function moveOf(side: 'council' | 'icb', { was, is }: Change, directory: Directory): Move | null {
  const [before, after] = [was[side], is[side]];
  if (before.code === after.code && before.candidates.join() === after.candidates.join()) return null;
  const had = new Set(was.because.map(({ text }) => text));
  const [from, to] = [answering(before), answering(after)];
  return {
    side,
    asWritten: after.asWritten,
    from,
    to,
    steps: stepsBetween(side, before, is.asOf, directory, was.asOf),
    because: is.because.flatMap(({ rule, cites, text }) => (had.has(text) ? [] : [{ rule, cites, text }])),
    unresolved: to.code !== null ? [] : is.questions.filter(({ kind }) => ABOUT_BODIES.includes(kind)).map(asked),
  };
}

const answering = ({ code, name, standing, candidates }: Responsibility): Answering => ({
  code,
  name,
  standing,
  candidates,
});

const asked = ({ id, kind, text, options }: Question) => ({ id, kind, text, options });

/** From whoever answered then; a place that decides a division is known by the code as it was written. */
function stepsBetween(
  side: 'council' | 'icb',
  { code, asWritten, since }: Responsibility,
  asOf: Day,
  directory: Directory,
  foldedOn: Day,
): Step[] {
  const resolve = side === 'council' ? directory.council : directory.commissioner;
  for (const [written, on] of [
    [asWritten, since ?? foldedOn],
    [code, foldedOn],
  ] as const) {
    const found = written === null ? { kind: 'unknown' as const } : resolve(written, on, asOf);
    if (found.kind === 'unknown' || found.steps.length === 0) continue;
    const first = found.steps.findIndex(({ from }) => from === code);
    return first === -1 ? found.steps : found.steps.slice(first);
  }
  return [];
}
