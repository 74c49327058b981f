import { dayText, inWords } from '../console/clock.js';
import { wording } from '../console/wording.js';
import type { Clock, Entry, Episode, Plan, Question, Reason, Responsibility } from '../register/entry.js';
import { CHAPTERS } from '../register/rules.js';
import type { Terminal } from './command.js';

type Out = Terminal['out'];

/** Who said a fact, by its id; null where that is not known here. */
export type SaidBy = (factId: string) => string | null;

const NOBODY: SaidBy = () => null;

/**
 * A person's place in the register, for somebody who knows the law and not the program: what it says, why, by whose
 * word, and what is still to be decided.
 */
export function printEntry(entry: Entry, out: Out, saidBy: SaidBy = NOBODY): void {
  const { label, hint } = wording.entry(entry.status);
  out(`  ${whoIs(entry)}: ${label.toLowerCase()}. ${hint}`);
  for (const [name, value] of lines(entry)) out(`    ${name.padEnd(12)}${value}`);
  const inFull = (text: string): string => withNames(inWords(text), entry);
  printReasons(entry.because, out, { inFull, saidBy });
  printQuestions(entry.questions, out, inFull);
}

/** What nobody has understood yet may be what entitles. */
export const parkedText = (ids: readonly string[]): string =>
  `${ids.length === 1 ? '1 message about this person waits' : `${ids.length} messages about this person wait`} to be read (parked): ${ids.join(', ')}. See: aftercare messages ID`;

/** Each code of a body that is responsible, or was, with its name: `E08000025 (Birmingham City Council)`. */
function withNames(text: string, { council, icb, episodes }: Entry): string {
  const bodies = [council, icb, ...episodes.map((episode) => episode.council)];
  const names = new Map(bodies.flatMap(({ code, name }) => (code === null || name === null ? [] : [[code, name]])));
  return text.replace(/\b[A-Z][A-Z0-9]{2,8}\b/g, (code) => (names.has(code) ? `${code} (${names.get(code)})` : code));
}

const whoIs = ({ nhsNumber, localIds }: Entry): string =>
  nhsNumber ?? `no NHS number (${localIds.map((id) => id.value).join(', ')})`;

function lines(entry: Entry): [string, string][] {
  const { formerNhsNumbers, episodes, concurrent, council, icb, clocks, diedOn } = entry;
  const plan = episodes.at(-1)?.plan ?? null;
  return [
    ...formerNhsNumbers.map((number): [string, string] => ['Merged from', number]),
    ...episodes.map((episode): [string, string] => ['Aftercare', episodeText(episode, entry)]),
    ...concurrent.map((code): [string, string] => ['Also', wording.concurrent(code)]),
    ...(diedOn === null ? [] : ([['Died', dayText(diedOn)]] satisfies [string, string][])),
    ['Council', bodyText(council)],
    ['ICB', bodyText(icb)],
    ...(plan ? ([['Plan', planText(plan)]] satisfies [string, string][]) : []),
    ...clocks.map((clock): [string, string] => [clock.doneOn === null ? 'Due' : 'Done', clockText(clock)]),
  ];
}

/** An earlier duty may have been of other bodies: then it says whose. */
function episodeText({ status, from, to, qualifying, council, icb }: Episode, entry: Entry): string {
  const began = from === null ? 'not begun' : `from ${dayText(from)}`;
  const until = to === null ? '' : ` to ${dayText(to)}`;
  const bases = [...new Set(qualifying.map(({ basis }) => wording.detention(basis)))].join('; ');
  const others = [
    ...(council.code !== entry.council.code && council.code !== null ? [council.name ?? council.code] : []),
    ...(icb.code !== entry.icb.code && icb.code !== null ? [icb.name ?? icb.code] : []),
  ];
  const whose = others.length > 0 ? ` (${others.join('; ')})` : '';
  return `${began}${until}: ${wording.episode(status)}${bases === '' ? '' : `, after ${bases}`}${whose}`;
}

function planText({ agreedOn, lead, lacks }: Plan): string {
  const by = lead ? `, led by ${lead.name} (${lead.role})` : '';
  const missing = lacks.length > 0 ? `; it lacks ${lacks.map(wording.lack).join(', ')}` : '; complete';
  return `agreed on ${dayText(agreedOn)}${by}${missing}`;
}

const STANDING: Record<Responsibility['standing'], string> = {
  agreed: 'agreed: people determined it',
  provisional: 'provisional: stated or derived, and nobody has determined it',
  disputed: 'disputed',
  unknown: 'not known',
};

function bodyText({ code, name, asWritten, standing, candidates }: Responsibility): string {
  const among = candidates.length > 0 ? `; it may be ${candidates.join(', ')}` : '';
  const written = asWritten !== null && asWritten !== code ? `, written ${asWritten}` : '';
  if (code === null) return `${STANDING[standing]}${written}${among}`;
  return `${name ?? code} (${code}${written}), ${STANDING[standing]}${among}`;
}

const CLOCK_STATE: Record<Clock['state'], string> = {
  running: 'not due yet',
  overdue: 'overdue',
  chased: 'overdue, and to be chased',
  escalated: 'overdue for so long that it goes to who leads',
  done: 'done',
};

function clockText({ kind, dueOn, doneOn, state }: Clock): string {
  const due = dueOn === null ? 'before leaving hospital' : `by ${dayText(dueOn)}`;
  return `${wording.clock(kind)}, ${due}: ${doneOn === null ? CLOCK_STATE[state] : `done on ${dayText(doneOn)}`}`;
}

type HowSaid = { inFull: (text: string) => string; saidBy: SaidBy };

/** By what the law they rest on is about, in the order in which a lawyer asks. */
function printReasons(because: readonly Reason[], out: Out, how: HowSaid): void {
  for (const { title, rules } of CHAPTERS) {
    const reasons = because.filter(({ rule }) => rules.some(({ id }) => id === rule));
    if (reasons.length > 0) out(`    ${title}`);
    for (const reason of reasons) printReason(reason, out, how);
  }
}

function printReason({ text, rule, cites, facts }: Reason, out: Out, { inFull, saidBy }: HowSaid): void {
  out(`      ${inFull(text)}`);
  out(`        ${cites} [${rule}]`);
  const said = [...new Set(facts.flatMap((fact) => saidBy(fact) ?? []))];
  if (said.length > 0) out(`        as told by ${said.join('; ')}`);
}

function printQuestions(questions: readonly Question[], out: Out, inFull: HowSaid['inFull']): void {
  if (questions.length > 0) out('    To be decided by people');
  for (const { id, kind, text, options } of questions) {
    out(`      ${wording.question(kind)} ${inFull(text)}`);
    const answers = options.length > 0 ? `answer ${options.join(' or ')}; ` : '';
    out(`        ${answers}question ${id}`);
  }
}
