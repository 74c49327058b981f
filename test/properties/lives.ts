import fc from 'fast-check';
import { addDays } from '../../src/register/day.js';
import type { Adt, Period } from '../scenarios/adt.js';
import type { Message, Stated } from '../scenarios/tell.js';
import { PLANNERS, type PlanMessage, type PlanSaid, planMessage, TAKEN_BACK } from './care-plans.js';

/** Who lives: with the numbers of the stories, so that lives and other messages can meet. */
type Who = { nhsNumber: string; mrn: string };

const STEPS = [
  'admitted',
  'detained',
  'detained',
  'detention-ends',
  'leave',
  'back',
  'absent',
  'home',
  'home',
  'transferred',
  'to-prison',
  'cto',
  'conditional-discharge',
  'recalled',
  'revoked',
  'cancelled',
  'corrected',
  'detention-withdrawn',
  'status-withdrawn',
  'merged',
  'moved-stay',
  'died',
  'notice-of-death',
  'council-determined',
  'icb-determined',
  'council-decides',
  'icb-decides',
  'both-decide',
  'notice-given',
  'reinstated',
  'plan',
  'plan-told',
  'plan-told',
  'plan-changed',
  'plan-changed',
  'plan-taken-back',
  'separated',
  'register-says',
] as const;
type Step = { what: (typeof STEPS)[number]; who: number; gap: number; late: number; turn: number };

/** Lateness: mostly at once, now and then after weeks, or after most of the rest. */
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...STEPS),
  who: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
  gap: fc.constantFrom(0, 1, 3, 20, 60),
  late: fc.constantFrom(0, 0, 0, 0, 12, 300),
  turn: fc.nat(3),
});

/** What is so of one person while the life is told. */
type Now = { who: Who; visits: number; periods: Period[]; plans: PlanSaid[] };
type Told = { messages: Message[]; stated: Stated[] };

const BEGIN = '2025-06-02';
const SECTIONS = ['03', '03', '02', '09'];
const COUNCILS = ['E08000025', 'E08000025', 'E08000029', undefined];
const COMMISSIONERS = ['15E', '15E', 'QUA', undefined];
const hl7 = (day: string): string => day.replaceAll('-', '');

/** How a life begins: chance alone hardly ever leads as far as an ending. */
const COURSES: readonly (readonly Step['what'][])[] = [
  [],
  ['detained', 'home'],
  ['detained', 'cto'],
  ['detained', 'conditional-discharge'],
  ['detained', 'home', 'both-decide'],
  ['detained', 'plan-told', 'home', 'both-decide'],
  ['detained', 'home', 'both-decide', 'reinstated'],
  ['detained', 'home', 'admitted', 'detained'],
  ['detained', 'detention-withdrawn'],
];
const plainly = (what: Step['what']): Step => ({ what, who: 0, gap: 20, late: 0, turn: 0 });

/** Lives as hospitals tell them: one thing after the other, some of it late, corrected or taken back. */
export const livesOf = (people: readonly Who[]): fc.Arbitrary<Told> =>
  fc.tuple(fc.constantFrom(...COURSES), fc.array(step, { maxLength: 9 })).map(([course, steps]) => {
    const told: Told = { messages: [], stated: [] };
    const nows = people.slice(0, 2).map((who): Now => ({ who, visits: 0, periods: [], plans: [] }));
    let day = BEGIN;
    for (const each of [plainly('admitted'), ...course.map(plainly), ...steps]) {
      day = addDays(day, each.gap);
      const [now, other] = [nows[each.who % nows.length], nows[(each.who + 1) % nows.length]];
      if (now && other) happen(each, day, now, other, told);
    }
    return told;
  });

function happen(each: Step, day: string, now: Now, other: Now, told: Told): void {
  const message = planOf(each, day, now) ?? messageOf(each, day, now, other);
  if (message) told.messages.push(message);
  told.stated.push(...statedOf(each, day, now.who, other.who));
}

function messageOf({ what, late, turn }: Step, day: string, now: Now, other: Now): Adt | null {
  const at = `${hl7(day)}100000`;
  const of: Adt = { ...now.who, trigger: 'A08', sentAt: `${hl7(addDays(day, late))}110000`, visit: visitOf(now) };
  switch (what) {
    case 'admitted':
      now.visits += 1;
      return { ...of, trigger: 'A01', visit: visitOf(now), admitted: at };
    case 'leave':
      return { ...of, trigger: 'A21', eventAt: at };
    case 'back':
      return { ...of, trigger: 'A22', eventAt: at };
    case 'home':
      return { ...of, trigger: 'A03', left: at, method: '1', destination: '19' };
    case 'transferred':
      return { ...of, trigger: 'A03', left: at, method: '1', destination: '53' };
    case 'to-prison':
      return { ...of, trigger: 'A03', left: at, method: '1', destination: '40' };
    case 'died':
      return { ...of, trigger: 'A03', left: at, method: '4', destination: '79' };
    case 'notice-of-death':
      return { ...of, trigger: 'A31', deathIndicator: 'Y', diedOn: hl7(day) };
    case 'cancelled':
      return { ...of, trigger: turn === 0 ? 'A11' : 'A13' };
    case 'merged':
      return { ...of, trigger: 'A40', mergedAway: turn < 2 ? other.who : { mrn: other.who.mrn } };
    case 'moved-stay':
      return { ...of, trigger: 'A44', mergedAway: other.who };
    default: {
      const period = periodOf(what, turn, day, now);
      return period && { ...of, periods: [period] };
    }
  }
}

const visitOf = ({ who, visits }: Now): string => `${who.mrn}-V${Math.max(1, visits)}`;

/** A row about the latest period; `detained` begins another. */
function periodOf(what: Step['what'], turn: number, day: string, now: Now): Period | null {
  const from = hl7(day);
  if (what === 'detained') {
    const id = `${now.who.mrn}-P${now.periods.length + 1}`;
    const [status, council, commissioner] = [SECTIONS[turn], COUNCILS[turn], COMMISSIONERS[turn]];
    now.periods.push({
      id,
      from,
      ...(status && { status }),
      ...(council && { council }),
      ...(commissioner && { commissioner }),
    });
    return now.periods.at(-1) ?? null;
  }
  const latest = now.periods.at(-1);
  if (!latest) return null;
  switch (what) {
    case 'detention-ends':
      latest.to = from;
      return { ...latest };
    case 'corrected':
      latest.council = turn === 0 ? 'E08000029' : 'E08000025';
      if (turn === 1) latest.status = '02';
      return { ...latest, action: 'U' };
    case 'detention-withdrawn':
      return { ...(latest.id && { id: latest.id }), action: 'D' };
    case 'status-withdrawn':
      return { ...latest, action: 'D', community: turn < 2 ? 'CTO' : 'S17' };
    case 'absent':
      return { ...latest, community: 'AWOL', communityFrom: from, ...untilAfter(turn, day) };
    case 'cto':
      return { ...latest, community: 'CTO', communityFrom: from };
    case 'conditional-discharge':
      return { ...latest, community: 'CD', communityFrom: from };
    case 'recalled':
      return { ...latest, community: 'RECALL', communityFrom: from, ...untilAfter(turn, day) };
    case 'revoked':
      return { ...latest, community: 'REVOKED', communityFrom: from };
    default:
      return null;
  }
}

/** A version of the latest plan; `plan-told` begins another, and where there is none so does a change. */
function planOf({ what, late, turn }: Step, day: string, now: Now): PlanMessage | null {
  const saidAt = `${addDays(day, late)}T11:00:00Z`;
  const latest = now.plans.at(-1);
  if (what === 'plan-told' || (what === 'plan-changed' && !latest)) {
    const number = `${now.who.mrn}-CP${now.plans.length + 1}`;
    const how = { by: PLANNERS[turn] ?? 'RXT', isInBundle: turn % 2 === 0, content: turn, intent: 'plan' } as const;
    const said: PlanSaid = { ...now.who, ...how, number, agreedOn: day, saidAt, status: 'active' };
    now.plans.push(said);
    return planMessage(said);
  }
  if (!latest) return null;
  const version = { ...latest, saidAt };
  if (what === 'plan-taken-back') return planMessage({ ...version, status: TAKEN_BACK[turn % 2] ?? 'revoked' });
  if (what !== 'plan-changed') return null;
  return planMessage({ ...version, content: latest.content + 1, ...(turn === 0 && { agreedOn: day }) });
}

const untilAfter = (turn: number, day: string): Pick<Period, 'communityTo'> =>
  turn === 0 ? {} : { communityTo: hl7(addDays(day, turn)) };

function statedOf({ what, turn }: Step, day: string, { nhsNumber }: Who, other: Who): Stated[] {
  const decision = (body: string): Stated => ({
    kind: 'aftercare-decision',
    nhsNumber,
    body,
    decision: turn === 3 ? 'still-needed' : 'no-longer-needed',
    decidedOn: day,
    reasons: turn === 2 ? ['settled'] : ['needs-reassessed-none-remaining'],
    personInvolved: turn !== 1,
    statedBy: { organisation: body === 'icb' ? 'QHL' : 'E08000025', name: `Officer of the ${body}`, role: 'decides' },
  });
  const standing = turn === 1 ? 'disputed' : 'agreed';
  switch (what) {
    case 'council-determined':
      return [{ kind: what, nhsNumber, effectiveOn: day, council: COUNCILS[turn] ?? 'E08000029', standing }];
    case 'icb-determined':
      return [{ kind: what, nhsNumber, effectiveOn: day, icb: turn === 0 ? 'QUA' : 'QHL', standing }];
    case 'council-decides':
      return [decision('council')];
    case 'icb-decides':
      return [decision('icb')];
    case 'both-decide':
      return [decision('council'), decision('icb')];
    case 'notice-given':
      return [{ kind: what, nhsNumber, on: day }];
    case 'reinstated':
      return [{ kind: what, nhsNumber, from: day, reason: 'the reassessment had left out a need' }];
    case 'plan':
      return [{ kind: what, nhsNumber, agreedOn: day, needs: [{ text: `supported living for ${nhsNumber}` }] }];
    case 'register-says': {
      const status = ['active', 'none', 'ended', 'prospective'][turn];
      const statedBy = { organisation: 'E08000025', name: 'An Officer', role: 'keeps the register' };
      return [{ kind: 'register-entry', nhsNumber, body: 'council', on: day, status, statedBy }];
    }
    case 'separated':
      return [{ kind: 'identity-separated', nhsNumber, from: other.nhsNumber }];
    default:
      return [];
  }
}
