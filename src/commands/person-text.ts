import { dayText, inWords } from '../console/clock.js';
import { type NameOf, withNames } from '../console/names.js';
import { wording } from '../console/wording.js';
import type { Entry, Episode, Plan, Responsibility } from '../register/entry.js';
import type { Terminal } from './command.js';
import { printQuestions, printReasons, type SaidBy } from './reasons-text.js';

type Out = Terminal['out'];

/** What is known besides the entry: who said what, and what the codes are called. */
export type Known = { saidBy: SaidBy; nameOf: NameOf };

const NOTHING: Known = { saidBy: () => null, nameOf: () => null };

/**
 * A person's place in the register, for somebody who knows the law and not the program: what it says, why, by whose
 * word, what is due, and what is still to be decided.
 */
export function printEntry(entry: Entry, out: Out, { saidBy, nameOf }: Known = NOTHING): void {
  const named: NameOf = (code) => nameOf(code) ?? nameIn(entry)(code);
  const inFull = (text: string): string => withNames(inWords(text), named);
  const { label } = wording.entry(entry.status);
  out(`  ${whoIs(entry)}: ${label.toLowerCase()}. ${wording.standing(entry)}`);
  for (const [name, value] of lines(entry, named)) out(`    ${name.padEnd(12)}${value}`);
  const how = { inFull, saidBy };
  printReasons(entry, out, how);
  printQuestions(entry.questions, out, how);
}

/** What nobody has understood yet may be what entitles. */
export const parkedText = (ids: readonly string[]): string =>
  `${ids.length === 1 ? '1 message about this person waits' : `${ids.length} messages about this person wait`} to be read (parked): ${ids.join(', ')}. See: aftercare messages ID`;

/** The bodies that are responsible, or were, have their names with them. */
function nameIn({ council, icb, episodes }: Entry): NameOf {
  const bodies = [council, icb, ...episodes.flatMap((episode) => [episode.council, episode.icb])];
  return (each) => bodies.find(({ code }) => code === each)?.name ?? null;
}

const whoIs = ({ nhsNumber, localIds }: Entry): string =>
  nhsNumber ?? `no NHS number (${localIds.map((id) => id.value).join(', ')})`;

function lines(entry: Entry, nameOf: NameOf): [string, string][] {
  const { formerNhsNumbers, episodes, concurrent, council, icb, questions } = entry;
  const plan = episodes.at(-1)?.plan ?? null;
  const asked = [...new Set(questions.map(({ kind }) => wording.question(kind)))];
  return [
    ...formerNhsNumbers.map((number): [string, string] => ['Merged from', number]),
    ...episodes.map((episode): [string, string] => ['Aftercare', episodeText(episode, entry)]),
    ...concurrent.map((code): [string, string] => ['Also', wording.concurrent(code)]),
    ...responsible(entry, [
      ['Council', bodyText(council, nameOf)],
      ['ICB', bodyText(icb, nameOf)],
    ]),
    ...(plan ? ([['Plan', planText(plan)]] satisfies [string, string][]) : []),
    ...asked.map((kind): [string, string] => ['Asked', kind]),
  ];
}

/** Where nothing is owed that is known of, nobody is responsible for it. */
function responsible({ status }: Entry, bodies: [string, string][]): [string, string][] {
  if (status === 'not-known')
    return bodies.map(([side]) => [side, 'none, since nothing is known that makes one responsible']);
  if (status === 'entered-in-error')
    return bodies.map(([side, text]) => [
      side,
      `none now; what was taken back named ${text.replace(/, provisional:.*/, '')}`,
    ]);
  return bodies;
}

/** An earlier duty may have been of other bodies: then it says whose. */
function episodeText(episode: Episode, entry: Entry): string {
  const { from, to, qualifying, council, icb } = episode;
  const began = from === null ? 'not begun' : `from ${dayText(from)}`;
  const until = to === null ? '' : from === null ? `, until ${dayText(to)}` : ` to ${dayText(to)}`;
  const bases = [...new Set(qualifying.map(({ basis }) => wording.detention(basis)))].join('; ');
  const others = [
    ...(council.code !== entry.council.code && council.code !== null ? [council.name ?? council.code] : []),
    ...(icb.code !== entry.icb.code && icb.code !== null ? [icb.name ?? icb.code] : []),
  ];
  const whose = others.length > 0 ? ` (${others.join('; ')})` : '';
  return `${began}${until}: ${howItStands(episode)}${bases === '' ? '' : `, after ${bases}`}${whose}`;
}

function howItStands({ status, endedBy, onHold }: Episode): string {
  if (endedBy === 'joint-decision') return 'ended by the decisions of both bodies';
  return status === 'active' && onHold
    ? 'active, and waits while the person is back in hospital'
    : wording.episode(status);
}

function planText({ agreedOn, lead, lacks }: Plan): string {
  const by = lead ? `, led by ${lead.name} (${lead.role})` : '';
  const missing = lacks.length > 0 ? `; not complete: it lacks ${lacks.map(wording.lack).join(', ')}` : '; complete';
  return `agreed on ${dayText(agreedOn)}${by}${missing}`;
}

const STANDING: Record<Responsibility['standing'], string> = {
  agreed: 'agreed: people determined it',
  provisional: 'provisional: stated or derived, and nobody has determined it',
  disputed: 'disputed',
  unknown: 'not known',
};

function bodyText({ code, name, asWritten, standing, candidates }: Responsibility, nameOf: NameOf): string {
  const might = candidates.map((each) => withNames(each, nameOf)).join(' or ');
  const among = candidates.length > 0 ? `; it may be ${might}` : '';
  const written = asWritten !== null && asWritten !== code ? `, written ${asWritten}` : '';
  if (code === null) return `${STANDING[standing]}${written}${among}`;
  return `${name ?? code} (${code}${written}), ${STANDING[standing]}${among}`;
}
