import { type Explanation, explain, registerRow } from '../../../src/flow/explain.js';
import { readStatedFacts } from '../../../src/interpret/stated.js';
import type { Day } from '../../../src/register/day.js';
import type { Tables } from '../../../src/tables.js';
import { type Invented, inventPeople } from '../../service/people.js';
import { statedBy } from '../../support/stated-by.js';
import { type Adt, adt, asGiven, OTHER, PERSON, type Period } from '../adt.js';
import type { Stated } from '../tell.js';
import { STORIES, titleOf } from './all.js';
import type { Asked, Expected, Story } from './scenario.js';

/** The councils of the stories, one of them with a system of its own for children. */
export const COUNCILS = ['E08000025', 'E08000029', 'E10000012', 'E06000064', 'E08000025-children'];

export type Row = ReturnType<typeof registerRow>;

/** A story as it is told of two people, and of stays and periods, that no other story knows. */
export type Told = { title: string; story: Story; person: string; other: string; messages: Adt[]; stated: Stated[] };

const people: readonly Invented[] = inventPeople(343_400, STORIES.length * 2, []);

/** Every story, told. Questions are answered by the ids under which `explain` asks them. */
export const toldWith = (tables: Tables): Told[] => STORIES.map((story, index) => tellingOf(story, index, tables));

/** One story, the `index`th of them, told. */
export function tellingOf(story: Story, index: number, tables: Tables): Told {
  const [person, other] = people.slice(2 * index, 2 * index + 2).map(({ nhsNumber }) => nhsNumber);
  if (person === undefined || other === undefined) throw new Error('too few people were invented');
  const numbers = new Map([
    [PERSON, person],
    [OTHER, other],
  ]);
  const own = <T extends string | null | undefined>(number: T): T | string => numbers.get(number ?? '') ?? number;
  const messages = story.messages.map((message) => ownMessage(message, `S${index}`, own));
  const told: Told = { title: titleOf(story), story, person, other, messages, stated: [] };
  for (const { nhsNumber = PERSON, ...fact } of story.stated ?? []) {
    const from = typeof fact.from === 'string' ? { from: own(fact.from) } : {};
    const about = withdrawing({ ...fact, ...from, nhsNumber: own(nhsNumber) }, told, tables);
    told.stated.push(answered(about, told, tables));
  }
  return told;
}

type Own = <T extends string | null | undefined>(number: T) => T | string;

/** Numbers of stays, periods and records are the sender's, so they too are this story's alone. */
function ownMessage(message: Adt, mark: string, own: Own): Adt {
  const { nhsNumber = PERSON, mrn = 'L1', visit = 'V1', mergedAway, periods = [], ...rest } = message;
  const ownPeriod = (period: Period): Period => ({ ...period, id: `${mark}-${period.id ?? 'P1'}` });
  const ownAway = mergedAway && { nhsNumber: own(mergedAway.nhsNumber), mrn: `${mark}-${mergedAway.mrn}` };
  return {
    ...rest,
    nhsNumber: own(nhsNumber),
    mrn: `${mark}-${mrn}`,
    visit: `${mark}-${visit}`,
    periods: periods.map(ownPeriod),
    ...(ownAway
      ? { mergedAway: { mrn: ownAway.mrn, ...(ownAway.nhsNumber ? { nhsNumber: ownAway.nhsNumber } : {}) } }
      : {}),
  };
}

/** A withdrawal of what a message told names the kind of that fact. */
function withdrawing(fact: Stated, told: Told, tables: Tables): Stated {
  if (fact.kind !== 'withdrawn') return fact;
  const [day = ''] = told.story.expected.map(({ asOf }) => asOf);
  const facts = explained(told, day, tables).messages.flatMap((message) => message.facts);
  return { ...fact, fact: facts.find(({ kind }) => kind === fact.fact)?.id ?? fact.fact };
}

/** An answer names the kind of its question; the id is found on whichever day of the story it is asked. */
function answered(fact: Stated, told: Told, tables: Tables): Stated {
  if (fact.kind !== 'answer') return fact;
  const days = told.story.expected.map(({ asOf }) => asOf);
  const open = days.flatMap((day) => rowOf(explained(told, day, tables), fact.nhsNumber ?? '').questions);
  const question = open.find(({ kind }) => kind === fact.question);
  if (!question) throw new Error(`${told.story.name}: ${fact.question} is not asked`);
  return { ...fact, question: question.id };
}

/** The whole story through `explain`. */
export function explained({ messages, stated }: Told, asOf: Day, tables: Tables): Explanation {
  const ndjson = stated.map((fact) => JSON.stringify({ statedBy: statedBy(fact), ...fact })).join('\n');
  const facts = readStatedFacts(ndjson, tables.mappings.codes);
  if (facts.kind === 'mistakes') throw new Error(facts.mistakes.join('\n'));
  return explain(asGiven(messages.map(adt)), facts.facts, asOf, tables);
}

/** Without an NHS number there is one person in the story. */
export function rowOf({ register }: Explanation, nhsNumber: string): Row {
  const entry = register.find((e) => e.nhsNumber === nhsNumber) ?? (register.length === 1 ? register[0] : undefined);
  if (!entry) throw new Error('nobody in the story has this number');
  return registerRow(entry);
}

export const rowsOf = ({ register }: Explanation): Row[] => register.map(registerRow);

/** What is expected, as far as it holds; what does not is replaced by what is. */
export function found(expected: Expected, told: Told, tables: Tables): Expected {
  const explanation = explained(told, expected.asOf, tables);
  const number = expected.of === 'OTHER' ? told.other : told.person;
  const row = rowOf(explanation, number);
  const is: Expected = {
    asOf: expected.asOf,
    status: row.status,
    episodes: row.episodes.map(episodeInWords),
    concurrent: row.concurrent,
    council: bodyInWords(row.council).replace(/, written [^:]*/, ''),
    icb: bodyInWords(row.icb),
    because: (expected.because ?? []).filter((reason) => row.because.some((given) => gives(given, reason))),
    asked: askedOf(row, expected.asked ?? []),
    due: (expected.due ?? []).filter((due) => row.clocks.some(({ kind, state }) => due === `${kind} ${state}`)),
    sent: sentTo(explanation, row.nhsNumber),
  };
  const keys = Object.keys(expected).filter((key) => key in is);
  const kept = Object.fromEntries(Object.entries(is).filter(([key]) => keys.includes(key)));
  return { ...expected, ...kept };
}

const gives = ({ rule, cites, text }: Row['because'][number], reason: string): boolean =>
  rule === reason || cites.includes(reason) || text.includes(reason);

function askedOf({ questions }: Row, expected: readonly Asked[]): Asked[] {
  return questions.map(({ kind, options, text }, index): Asked => {
    const { says, readings, options: wanted } = expected[index] ?? {};
    return {
      kind,
      ...(wanted ? { options } : {}),
      ...(readings === undefined ? {} : { readings: options.length >= readings ? readings : options.length }),
      ...(says ? { says: says.filter((pattern) => pattern.test(text)) } : {}),
    };
  });
}

function episodeInWords({ status, from, to, endedBy }: Row['episodes'][number]): string {
  const span = from === null ? (to === null ? '' : ` to ${to}`) : to === null ? ` from ${from}` : ` ${from} to ${to}`;
  return `${status}${span}${endedBy === null ? '' : ` (${endedBy})`}`;
}

function bodyInWords({ code, standing, asWritten, candidates }: Row['council']): string {
  const written = asWritten === null ? '' : `, written ${asWritten}`;
  const between = candidates.length === 0 ? '' : `: ${candidates.join(', ')}`;
  return `${code ?? 'none'} ${standing}${written}${between}`;
}

/** What each body would be sent of one person. */
export const sentTo = ({ publications }: Explanation, nhsNumber: string | null): string[] =>
  publications
    .filter((publication) => publication.nhsNumber === nhsNumber)
    .map(({ to, resources }) => `${to}: ${resources.flatMap(resourceInWords).join(', ')}`);

type Resource = Explanation['publications'][number]['resources'][number];

function resourceInWords(resource: Resource): string[] {
  if (resource.resourceType === 'EpisodeOfCare') return [];
  const reason = resource.extension?.flatMap(({ url, valueCodeableConcept }) =>
    url.endsWith('-inactive-reason') ? (valueCodeableConcept?.coding?.[0]?.code ?? []) : [],
  )[0];
  return [`${resource.resourceType} ${resource.status}${reason === undefined ? '' : ` (${reason})`}`];
}
