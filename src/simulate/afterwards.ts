import { addDays, type Day } from '../register/day.js';
import { AREAS, commissionerOn, councilOn, TRUSTS } from './bodies.js';
import { between, chance } from './dice.js';
import { at, type Period } from './message.js';
import type { Self, Span, Stated, Step } from './step.js';

type Steps = Generator<Step, void, undefined>;

/** What councils, boards and trusts do between two stays: decide who is responsible, plan, review, and now and then end it. */
export function* afterwards(self: Self, { from, to }: Span): Steps {
  const { d } = self;
  if (self.standing !== 'owed' || self.nhsNumber === null) return;
  yield* settled(self, addDays(from, between(d, 2, 30)));
  for (let day = addDays(from, 90); day < to; day = addDays(day, between(d, 60, 200))) {
    const turn = d.number(100);
    if (turn < 8 && self.order) yield* recalled(self, self.order, { from: day, before: to });
    else if (turn < 14) yield* oneDecides(self, day);
    else if (turn < 24) yield* bothDecide(self, day);
    else if (turn < 27) return yield* died(self, day);
    else if (turn < 30) yield* charged(self, day);
    else yield* reviewed(self, day);
    if (self.standing !== 'owed') return;
  }
}

const fact = ({ nhsNumber }: Self, on: Day, stated: Omit<Stated, 'nhsNumber'> & { kind: string }): Step => ({
  on,
  fact: { nhsNumber, ...stated },
});

const councilOf = ({ area, part }: Self, on: Day): string => councilOn(AREAS[area] ?? AREAS[0], on, part);

function* settled(self: Self, on: Day): Steps {
  const { d } = self;
  if (chance(d, 60)) {
    const standing = chance(d, 90) ? 'agreed' : 'disputed';
    const basis = 'ordinarily-resident-before-detention';
    yield fact(self, on, {
      kind: 'council-determined',
      effectiveOn: on,
      council: councilOf(self, on),
      standing,
      basis,
    });
  }
  if (chance(d, 40)) {
    const icb = (AREAS[self.area] ?? AREAS[0]).board;
    if (on >= '2022-07-01')
      yield fact(self, on, {
        kind: 'icb-determined',
        effectiveOn: on,
        icb,
        standing: 'agreed',
        basis: 'registered practice',
      });
  }
  if (chance(d, 50))
    yield fact(self, on, {
      kind: 'plan',
      agreedOn: on,
      lead: { name: 'A Coordinator', role: 'care co-ordinator' },
      needs: [
        { text: 'a place to live', services: [{ text: 'supported living', provider: 'A Provider', fundedBy: 's117' }] },
      ],
      reviewDue: addDays(on, 180),
    });
}

function* reviewed(self: Self, on: Day): Steps {
  const attended = ['person', 'council', 'icb'];
  yield fact(self, on, { kind: 'review', heldOn: on, attended, outcome: 'continue', nextDue: addDays(on, 365) });
}

function* charged(self: Self, on: Day): Steps {
  yield fact(self, on, { kind: 'charge', from: on, to: null, amountPerWeek: '120.50', for: 'residential care' });
}

/** Who speaks for a body: whoever is responsible then, as far as they know. */
function officerOf(self: Self, on: Day, body: string): object {
  const { area } = self;
  const organisation =
    body === 'council'
      ? councilOf(self, on)
      : body === 'icb'
        ? commissionerOn(AREAS[area] ?? AREAS[0], on, true)
        : TRUSTS[area];
  return { organisation, name: `An Officer of the ${body}`, role: 'decides' };
}

const decision = (self: Self, on: Day, body: string, reason = 'needs-reassessed-none-remaining'): Step =>
  fact(self, on, {
    kind: 'aftercare-decision',
    body,
    decision: 'no-longer-needed',
    decidedOn: on,
    reasons: [reason],
    personInvolved: true,
    evidence: 'minutes of the meeting',
    statedBy: officerOf(self, on, body),
  });

/** One body's word alone, or for a reason that is none, ends nothing. */
function* oneDecides(self: Self, on: Day): Steps {
  if (!chance(self.d, 50)) return yield decision(self, on, 'council', 'settled');
  const body = self.d.oneOf(['council', 'icb', 'trust'] as const);
  const isSecond = self.alone !== null && body !== 'trust' && body !== self.alone;
  if (body !== 'trust') self.alone = body;
  yield { ...decision(self, on, body), ...(isSecond ? { becomes: 'unclear' } : {}) };
}

/** Who decides is who is responsible: a body that nobody has named would be asked about. */
function* namedFirst(self: Self, on: Day): Steps {
  const how = { effectiveOn: on, standing: 'agreed' };
  const council = councilOf(self, on);
  const icb = commissionerOn(AREAS[self.area] ?? AREAS[0], on, true);
  yield fact(self, on, { kind: 'council-determined', council, basis: 'ordinarily-resident-before-detention', ...how });
  yield fact(self, on, { kind: 'icb-determined', icb, basis: 'registered practice', ...how });
}

/** On a community treatment order it ends nothing either; whether a decision stands once the order is over, people say. */
function* bothDecide(self: Self, on: Day): Steps {
  const { d } = self;
  yield* namedFirst(self, on);
  yield { ...decision(self, on, 'council'), ...(self.alone === 'icb' ? { becomes: 'unclear' } : {}) };
  const second = addDays(on, between(d, 0, 20));
  const isLocked = self.order !== null;
  yield { ...decision(self, second, 'icb'), becomes: isLocked ? 'owed' : 'ended' };
  if (isLocked) return;
  yield fact(self, addDays(second, 3), { kind: 'notice-given', on: addDays(second, 3) });
  if (!chance(d, 15)) return;
  const from = addDays(second, 20);
  yield { ...fact(self, from, { kind: 'reinstated', from, reason: 'a need had been left out' }), becomes: 'unclear' };
}

function* died(self: Self, on: Day): Steps {
  if (chance(self.d, 50)) {
    yield { ...fact(self, on, { kind: 'died', on, verified: true }), becomes: 'died' };
    return;
  }
  const { nhsNumber, mrn } = self;
  const message = {
    trust: TRUSTS[self.area] ?? TRUSTS[0],
    trigger: 'A31',
    sentAt: at(on, '1200'),
    person: { nhsNumber, mrn },
    diedOn: on,
  };
  yield { on, message, becomes: 'unclear' };
}

/**
 * Recalled to hospital for a day or two, and back before anything else begins; revoked now and then, and then it is for
 * people to say what follows.
 */
function* recalled(self: Self, order: Period, { from: on, before }: { from: Day; before: Day }): Steps {
  const { nhsNumber, mrn } = self;
  const back = addDays(on, 2);
  if (back >= before) return;
  const about = {
    trust: TRUSTS[self.area] ?? TRUSTS[0],
    trigger: 'A08',
    person: { nhsNumber, mrn },
    visit: `${mrn}V${self.stays}`,
  };
  yield {
    on: back,
    message: {
      ...about,
      sentAt: at(back, '1000'),
      periods: [{ ...order, community: 'RECALL', communityFrom: on, communityTo: back }],
    },
  };
  if (chance(self.d, 70)) return;
  yield {
    on: back,
    message: { ...about, sentAt: at(back, '1100'), periods: [{ ...order, community: 'REVOKED', communityFrom: back }] },
    becomes: 'unclear',
  };
}
