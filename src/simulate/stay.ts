import { addDays, type Day } from '../register/day.js';
import { AREAS, commissionerOn, councilOn, TRUSTS } from './bodies.js';
import { between, chance } from './dice.js';
import { type Adt, at, type Period } from './message.js';
import type { Self, Standing, Step } from './step.js';

type Steps<T> = Generator<Step, T, undefined>;

/** One stay in hospital, from the admission to the day of leaving; every way in which trusts tell it. */
export function* stay(self: Self, admitted: Day): Steps<Day> {
  const { d } = self;
  self.stays += 1;
  const visit = `${self.mrn}V${self.stays}`;
  const said = speaker(self, visit, admitted);
  yield said('A01', admitted, '0900');
  const kind = d.oneOf(['informal', 's2', 's3', 's3', 's3', 's2-s3', 's37-41', 's47-49', 'papers'] as const);
  // An order goes on through a stay of which it is not told, unless that is under a section like the order's own.
  if (kind !== 'informal' && kind !== 's2') {
    self.order = null;
    self.alone = null;
  }
  if (kind === 'informal') return yield* leave(self, { said, day: addDays(admitted, between(d, 2, 40)), periods: [] });
  if (kind === 'papers' && self.nhsNumber !== null) return yield* onPaper(self, { said, admitted });

  const isLate = chance(d, 10);
  const first = period(self, admitted, kind === 's2' || kind === 's2-s3' ? '02' : (STATUS[kind] ?? '03'));
  const hears = addDays(admitted, isLate ? between(d, 3, 40) : 0);
  const detained = isInside(first) ? becoming(self, 'inside') : {};
  yield { ...said('A08', hears, '1000', { periods: [first] }), ...detained };
  let periods = [first];
  let day = addDays(hears, between(d, 5, 27));
  if (kind === 's2-s3') {
    const ended = { ...first, to: day };
    const second = period(self, day, '03');
    periods = [ended, second];
    yield { ...said('A08', day, '1100', { periods }), ...becoming(self, 'inside') };
  }
  if (chance(d, 12)) day = yield* onLeave(said, periods, addDays(day, between(d, 3, 20)));
  if (chance(d, 5)) yield said('A08', day, '1500', { periods: [corrected(self, last(periods), day)] });
  return yield* leave(self, { said, day: addDays(day, between(d, 5, 120)), periods });
}

const STATUS: Record<string, string> = { 's37-41': '09', 's47-49': '15' };
const isInside = ({ status }: Period): boolean => status !== '02';
const last = (periods: readonly Period[]): Period => periods.at(-1) ?? { id: 'none' };

/** Aftercare that is owed goes on through a stay, but for one under a qualifying section: that is a new beginning. */
const becoming = (self: Self, standing: Standing): { becomes?: Standing } =>
  self.standing === 'unclear' ? {} : { becomes: standing };

type Saying = (trigger: string, day: Day, time: string, more?: Partial<Omit<Adt, 'controlId'>>) => Step;

function speaker({ nhsNumber, mrn, area }: Self, visit: string, admitted: Day): Saying {
  const trust = TRUSTS[area] ?? TRUSTS[0];
  return (trigger, day, time, more = {}) => ({
    on: day,
    message: {
      trust,
      trigger,
      sentAt: at(day, time),
      person: { nhsNumber, mrn },
      visit,
      admitted: at(admitted, '0855'),
      ...more,
    },
  });
}

/** Where the person lived before is not always written down. */
function period(self: Self, from: Day, status: string): Period {
  const { d } = self;
  const area = AREAS[self.area] ?? AREAS[0];
  self.papers += 1;
  return {
    id: `${self.mrn}P${self.papers}`,
    status,
    from,
    ...(chance(d, 90) ? { council: councilOn(area, from, self.part) } : {}),
    ...(chance(d, 80) ? { commissioner: commissionerOn(area, from, chance(d, 50)) } : {}),
  };
}

const corrected = ({ area, part }: Self, of: Period, day: Day): Period => ({
  ...of,
  action: 'U',
  council: councilOn(AREAS[area] ?? AREAS[0], of.from ?? day, part),
});

function* onLeave(said: Saying, periods: readonly Period[], day: Day): Steps<Day> {
  const back = addDays(day, 4);
  yield said('A21', day, '1000', {
    eventAt: at(day, '0930'),
    periods: [{ ...last(periods), community: 'S17', communityFrom: day }],
  });
  yield said('A22', back, '1700', {
    eventAt: at(back, '1630'),
    periods: [{ ...last(periods), community: 'S17', communityFrom: day, communityTo: back }],
  });
  return back;
}

type Leaving = { said: Saying; day: Day; periods: Period[] };

/** Most go home; some by a tribunal, to a care home, on an order, to prison, or never. */
function* leave(self: Self, { said, day, periods }: Leaving): Steps<Day> {
  const { d } = self;
  const latest = last(periods);
  const isQualifying = periods.some(isInside);
  const owes = isQualifying ? becoming(self, 'owed') : {};
  const ended = periods.map((each) => ({ ...each, to: each.to ?? day }));
  const home = {
    left: at(day, '1400'),
    method: d.oneOf(['1', '1', '3']),
    destination: d.oneOf(['19', '19', '54', '65']),
  };
  if (chance(d, 3)) {
    yield {
      ...said('A03', day, '1430', { ...home, method: '4', destination: '79', periods: ended }),
      becomes: 'died',
    };
    return day;
  }
  if (latest.status === '03' && chance(d, 30)) {
    const order: Period = { ...latest, community: 'CTO', communityFrom: day };
    self.order = order;
    yield { ...said('A03', day, '1430', { ...home, periods: [order] }), ...owes };
    return day;
  }
  if (latest.status === '15') {
    yield { ...said('A03', day, '1430', { ...home, destination: '40', periods: ended }), ...owes };
    return day;
  }
  yield { ...said('A03', day, '1430', { ...home, periods: ended }), ...owes };
  if (!chance(d, 5)) return day;
  yield { ...said('A13', addDays(day, 1), '0930'), becomes: 'unclear' };
  const left = addDays(day, between(d, 2, 20));
  yield said('A03', left, '1430', { ...home, left: at(left, '1400'), periods: ended });
  return left;
}

/** The trust's system knows nothing of the section; the office has the papers, and its list is loaded late. */
function* onPaper(self: Self, { said, admitted }: { said: Saying; admitted: Day }): Steps<Day> {
  const { d } = self;
  const left = addDays(admitted, between(d, 10, 90));
  const council = councilOn(AREAS[self.area] ?? AREAS[0], admitted, self.part);
  yield said('A03', left, '1430', { left: at(left, '1400'), method: '1', destination: '19' });
  const row = { nhsNumber: self.nhsNumber ?? '', section: 'S3', from: admitted, to: addDays(admitted, 9), council };
  yield { on: left, row, ...becoming(self, 'owed') };
  return left;
}
