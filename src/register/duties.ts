import type { Directory } from '../organisations/directory.js';
import { isInCustody } from './concurrent.js';
import { namedCouncils } from './council.js';
import { addDays, type Day, londonDay } from './day.js';
import type { Desk } from './desk.js';
import { type Endings, endingOf } from './ending.js';
import type { Episode, EpisodeStatus } from './entry.js';
import type { History } from './history.js';
import { namedIcbs } from './icb.js';
import type { LocalRules } from './policy.js';
import { communityTreatmentOrder } from './rules/community-treatment-order.js';
import { conditionalDischarge } from './rules/conditional-discharge.js';
import { custody } from './rules/custody.js';
import { detainedAnew, type Span } from './spans.js';
import type { NamedFor } from './who-decides.js';

/** One span of duty and how it stands on the desk's day. */
export type Duty = {
  span: Span;
  status: EpisodeStatus;
  from: Day | null;
  to: Day | null;
  endedBy: Episode['endedBy'];
  endings: Endings;
  inCustody: boolean;
};

/** What everything about a duty is judged by. */
export type On = { history: History; directory: Directory; local: LocalRules; desk: Desk };

/** The same, of somebody who may have died. */
export type Standing = On & { died: Day | null };

/** One after another: for the NHS side of each counts who was named since aftercare last ended by decision. */
export function dutiesOf(spans: readonly Span[], on: Standing): Duty[] {
  const duties: Duty[] = [];
  for (const [at, span] of spans.entries()) {
    const ended = duties.findLastIndex(({ status }) => status === 'ended');
    duties.push(dutyOf(span, { stretch: spans.slice(ended + 1, at + 1), next: spans[at + 1] }, on));
  }
  return duties;
}

/** `stretch`: the spans since the last ending, this one the last of them. */
type Among = { stretch: readonly Span[]; next: Span | undefined };

function dutyOf(span: Span, { stretch, next }: Among, on: Standing): Duty {
  const { history, died, directory, desk } = on;
  const from = span.departure && londonDay(span.departure.at);
  const until = span.supersededAt && londonDay(span.supersededAt);
  const since = detainedAnew(span);
  const over = until ?? (died && addDays(died, 1));
  if (span.departure) sayWhenLeft(span.departure, desk);
  const inCustody = !next && isInCustody(history, span, desk);
  if (inCustody && span.departure)
    desk.because(custody, `In prison since ${from}; the plan waits.`, span.departure.facts);
  const named: NamedFor = (side) =>
    side === 'council' ? namedCouncils(span, history, desk) : namedIcbs(stretch, history, desk);
  const leftOn = next?.departure ? londonDay(next.departure.at) : null;
  const again = until === null ? null : { from: until, leftOn };
  const endings =
    from === null || span.onHold
      ? { ended: null, alone: null }
      : endingOf({ since, from, until: over, again, inside: span.returns, named }, history, {
          senders: on.local.senders,
          directory,
          desk,
        });
  const how = { span, from, endings, inCustody };
  if (endings.ended) return { ...how, status: 'ended', to: endings.ended.on, endedBy: 'joint-decision' };
  if (until !== null) return { ...how, status: 'superseded', to: until, endedBy: 'redetained' };
  if (died !== null) return { ...how, status: 'died', to: died, endedBy: 'died' };
  return { ...how, status: from === null ? 'prospective' : 'active', to: null, endedBy: null };
}

/** What bears on the duty beside the day, by the rule of the departure. */
const HOW_LEFT: Record<string, string> = {
  [communityTreatmentOrder.id]: ' on a community treatment order: aftercare cannot be ended while it is in force.',
  [conditionalDischarge.id]: ' on conditional discharge.',
};

function sayWhenLeft({ rule, at, facts }: NonNullable<Span['departure']>, desk: Desk): void {
  desk.because(rule, `Left hospital on ${londonDay(at)}${HOW_LEFT[rule.id] ?? '.'}`, facts);
}
