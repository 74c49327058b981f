import type { Entry, Reason } from '../register/entry.js';
import type { CouncilHolds } from './differences.js';
import type { Holding } from './holding.js';
import { nameOf, PEOPLE } from './people.js';

/** Names for codes, since the codes are real and the bodies here are not. */
export type BodyNames = ReadonlyMap<string, string>;

const WIDTH = 15;
const LINE = 100;
const INDENT = ' '.repeat(WIDTH + 4);

/** One person: what is owed and by whom, the main reason with its source, and what a person must settle. */
export function entryLines(entry: Entry, names: BodyNames): string[] {
  const reason = mainReason(entry);
  return [
    `  ${whoIs(entry).padEnd(WIDTH)}  ${standing(entry)}`,
    ...wrapped(bodies(entry, names), INDENT),
    ...(reason ? wrapped(`why: ${reason.text} [${reason.cites.split(';')[0]}]`, INDENT) : []),
    ...entry.questions.flatMap(({ text }) => wrapped(`asked: ${text}`, INDENT)),
  ];
}

/** Lines of no more than a terminal's width, unless one word is longer. */
export function wrapped(text: string, indent = '  '): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > LINE) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

const STANDING: Record<Entry['status'], string> = {
  'not-known': 'NOT KNOWN, which is never "not entitled"',
  prospective: 'PROSPECTIVE: still in hospital, the council can plan',
  active: 'OWED AFTERCARE',
  ended: 'ENDED by both bodies',
  died: 'DIED',
  'entered-in-error': 'ENTERED IN ERROR',
};

function standing({ status, episodes, concurrent, diedOn }: Entry): string {
  const since = episodes.at(-1)?.from;
  if (status === 'died') return `DIED${diedOn ? ` ${diedOn}` : ''}`;
  if (status !== 'active') return STANDING[status];
  const also = concurrent.map((each) => ALSO[each]).filter(Boolean);
  return `${STANDING.active} since ${since}${also.length > 0 ? `, ${also.join(', ')}` : ''}`;
}

const ALSO: Partial<Record<Entry['concurrent'][number], string>> = {
  cto: 'on a community treatment order',
  inpatient: 'in hospital again',
};

function bodies({ status, council, icb }: Entry, names: BodyNames): string {
  if (status === 'not-known') return '';
  const named = (code: string | null) => (code === null ? 'not yet known' : (names.get(code) ?? code));
  const councils = [...council.candidates].map(named).join(' or ');
  const written =
    icb.asWritten === null || icb.asWritten === icb.code ? '' : `, sent as ${icb.asWritten}, its predecessor`;
  return `who: ${councils === '' ? named(council.code) : `disputed, ${councils}`}; ${named(icb.code)}${written}`;
}

/** The rules that decide, the one that decides most first. */
const DECIDING = ['death', 'dispute-changes-nothing', 'redetention', 'qualifying-detention'];

function mainReason({ because }: Entry): Reason | undefined {
  return DECIDING.flatMap((rule) => because.filter((reason) => reason.rule === rule))[0] ?? because[0];
}

/** What a council's server answered, one line an episode. */
export function councilLines({ name, gss, holds }: CouncilHolds): string[] {
  if (!holds) return [`  ${name} (${gss}) does not answer`];
  const lines = holds
    .map(
      (holding) =>
        `    ${whoHas(holding.nhsNumber).padEnd(WIDTH)}  ${flagText(holding)} · CarePlan ${holding.carePlan}`,
    )
    .sort();
  return [`  ${name} (${gss})`, ...lines];
}

function flagText({ flag }: Holding): string {
  if (!flag) return 'no Flag';
  const dates = [flag.from && `from ${flag.from}`, flag.to && `to ${flag.to}`].filter(Boolean).join(' ');
  return ['Flag', flag.status, dates, flag.why && `(${flag.why})`].filter(Boolean).join(' ');
}

const whoIs = ({ nhsNumber, localIds }: Entry): string =>
  nhsNumber === null ? whoWas(localIds[0]?.value ?? '') : whoHas(nhsNumber);

const whoHas = (nhsNumber: string): string => named((person) => person.nhsNumber === nhsNumber);
const whoWas = (mrn: string): string => named((person) => person.mrn === mrn);

function named(is: (person: { nhsNumber: string | null; mrn: string }) => boolean): string {
  const person = Object.values(PEOPLE).find(is);
  return person ? nameOf(person) : 'somebody else';
}
