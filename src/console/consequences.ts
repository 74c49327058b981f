import { entryUnder, type Rehearsed } from '../flow/state.js';
import { episodesTold, numberTold } from '../flow/told.js';
import { isHeld } from '../publish/publish.js';
import type { Entry, Question, Reason, Responsibility } from '../register/entry.js';
import { dayText } from './clock.js';
import type { AppDeps } from './deps.js';
import type { PersonView } from './register-schemas.js';
import { wording } from './wording.js';

/** What the register would say after a fact, against what it says now. */
export type Consequences = {
  known: boolean;
  /** The withdrawals for which the fact would not count. */
  withdrawnBy: string[];
  /** Why the fact would do nothing yet. */
  hint: string | null;
  /** Why a decision that the fact states would be kept as a proposal, with the paragraph; null where it counts. */
  proposal: string | null;
  status: { before: Entry['status'] | null; after: Entry['status'] | null };
  changes: { what: string; before: string; after: string }[];
  reasons: Reason[];
  asked: Question[];
  answered: Question[];
  told: {
    body: string;
    bodyName: string | null;
    recordVersion: number;
    /** Where it is not the one that answers then: of a number that was merged, or is separated. */
    ofNumber: string | null;
    episodes: PersonView['told'][number]['episodes'];
  }[];
  /** Nobody is told anything while it is not certain who the person is. */
  held: boolean;
  /** Others whom the fact concerns: people who were taken for this one. */
  others: { name: Entry['name']; status: Entry['status'] }[];
};

export function consequencesOf(tried: Rehearsed, personKey: string, deps: Pick<AppDeps, 'bodyName'>): Consequences {
  const [before, after] = [entryUnder(tried.before, personKey), entryUnder(tried.after, personKey)];
  const asked = without(after?.questions, before?.questions, ({ id }) => id);
  const proposed = asked.find(({ kind, facts }) => kind === 'ending-proposed' && facts.includes(tried.fact.id));
  return {
    known: tried.known,
    withdrawnBy: tried.withdrawnBy,
    hint: tried.hint,
    proposal: proposed?.text ?? null,
    status: { before: before?.status ?? null, after: after?.status ?? null },
    changes: changesBetween(before, after, deps),
    reasons: without(after?.because, before?.because, ({ rule, text }) => `${rule} ${text}`),
    asked: asked.filter((question) => question !== proposed),
    answered: without(before?.questions, after?.questions, ({ id }) => id),
    told: tried.versions.map(({ body, recordVersion, content }) => ({
      body,
      bodyName: deps.bodyName?.(body) ?? null,
      recordVersion,
      ofNumber: numberTold({ content }) === after?.nhsNumber ? null : numberTold({ content }),
      episodes: episodesTold({ content }),
    })),
    held: after !== null && isHeld(after),
    others: tried.after
      .filter((person) => person.personKey !== personKey)
      .map(({ entry: { name, status } }) => ({ name, status })),
  };
}

const without = <T>(all: readonly T[] = [], others: readonly T[] = [], keyOf: (each: T) => string): T[] => {
  const known = new Set(others.map(keyOf));
  return all.filter((each) => !known.has(keyOf(each)));
};

type Told = (entry: Entry, deps: Pick<AppDeps, 'bodyName'>) => string;

const bodyText = (body: Responsibility, { bodyName }: Pick<AppDeps, 'bodyName'>): string => {
  const name = (code: string) => (bodyName?.(code) ? `${bodyName(code)} (${code})` : code);
  if (body.candidates.length > 0) return `${body.candidates.map(name).join(' or ')}, ${body.standing}`;
  return body.code === null ? 'not known' : `${name(body.code)}, ${body.standing}`;
};

const listed = (texts: readonly string[]): string => (texts.length === 0 ? 'none' : texts.join('; '));

/** What an officer would look for first. */
const LINES: Record<string, Told> = {
  Council: ({ council }, deps) => bodyText(council, deps),
  ICB: ({ icb }, deps) => bodyText(icb, deps),
  'Episodes of aftercare': ({ episodes }) =>
    listed(
      episodes.map(({ status, from, to }) => {
        const days = [from && `from ${dayText(from)}`, to && `to ${dayText(to)}`].filter(Boolean).join(' ');
        return [wording.episode(status), days].filter(Boolean).join(', ');
      }),
    ),
  'At the same time': ({ concurrent }) => listed(concurrent.map(wording.concurrent)),
  'The plan': ({ episodes }) => {
    const plan = episodes.at(-1)?.plan;
    if (!plan) return 'none recorded';
    const due = plan.reviewDue === null ? 'no review due' : `review due ${dayText(plan.reviewDue)}`;
    return `agreed on ${dayText(plan.agreedOn)}, ${plan.needs.length} need${plan.needs.length === 1 ? '' : 's'}, ${due}`;
  },
  Died: ({ diedOn }) => (diedOn === null ? 'no' : dayText(diedOn)),
};

function changesBetween(
  before: Entry | null,
  after: Entry | null,
  deps: Pick<AppDeps, 'bodyName'>,
): Consequences['changes'] {
  return Object.entries(LINES).flatMap(([what, told]) => {
    const [was, is] = [before, after].map((entry) => (entry === null ? 'nothing' : told(entry, deps)));
    return was === undefined || is === undefined || was === is ? [] : [{ what, before: was, after: is }];
  });
}
