import type { BodyCode, MessageFact } from '../register/fact.js';
import type { Codes } from './codes.js';
import { type Feed, inCode, numbered, type Periods, type RowPlaces } from './feed.js';
import type { Maker } from './maker.js';
import { type PeriodRow, periodRows } from './period-rows.js';
import type { Reading } from './reading.js';
import { isCertain } from './row-standing.js';
import { visitIn } from './stay.js';

type Context = { reading: Reading; feed: Feed; codes: Codes; maker: Maker };
type Row = Context & { places: Periods; row: PeriodRow; period: string };

/** Every Mental Health Act period that the message states, whole as the sender knows it. None is no news: nobody is informal for the want of a row. */
export function periodFacts(places: Periods, context: Context): MessageFact[] {
  const { reading } = context;
  const rows = periodRows(places, reading);
  if (rows.length > 0 && reading.segments('PID').length > 1) {
    reading.invalid(rows[0]?.at([...places.status.code]) ?? places.segment, 'it may be of any of several persons');
    return [];
  }
  return rows.flatMap((row) => factsOfRow(places, row, context));
}

function factsOfRow(places: Periods, row: PeriodRow, context: Context): MessageFact[] {
  const { reading, maker } = context;
  // A row that is withdrawn says so itself: whether it was ever final is then no matter.
  const isRowWithdrawn = places.withdrawn !== undefined && row.matches(places.withdrawn);
  if (!isRowWithdrawn && !isCertain(places, row, reading)) return [];
  const period = periodId(places, row, context);
  if (period === null) return [];
  const withdrawn = isWithdrawn(places, row, reading);
  if (withdrawn === null) return [];
  const hasCommunity = row.value(places.community?.status) !== null;
  const of: Row = { ...context, places, row, period };
  if (withdrawn && !hasCommunity) return [maker.fact({ kind: 'detention-withdrawn', period })];
  return [
    ...(withdrawn ? [] : [...detentionFacts(of), ...residenceFacts(of), ...commissionerFacts(of)]),
    ...(hasCommunity ? communityFacts(of, withdrawn) : []),
  ];
}

/** The sender's own number of the period; or, where it gives none, what makes this period this one. */
function periodId(places: Periods, row: PeriodRow, context: Context): string | null {
  const { reading, feed } = context;
  if (places.id) {
    const id = row.value(places.id);
    return id === null ? reading.missing(row.at(places.id), 'the period identifier') : numbered(feed, id);
  }
  const parts = (places.madeFrom ?? []).map((part) => PARTS[part](places, row, context));
  return parts.includes(null) ? null : [feed.feed, ...parts].join('/');
}

type Part = NonNullable<Periods['madeFrom']>[number];

/** Without any of them a period could be taken for another: then it is a fault. */
const PARTS: Record<Part, (places: Periods, row: PeriodRow, context: Context) => string | null> = {
  visit: (_places, _row, { reading, feed }) =>
    visitIn(reading, feed) ?? reading.missing(feed.visit?.[0] ?? 'PV1-19', 'the visit, which tells this period apart,'),
  status: ({ status }, row, { reading, feed, codes }) => {
    const written = row.value(status.code);
    if (written === null) return reading.missing(row.at(status.code), 'the legal status');
    const meant = inCode(feed, 'legal-status', written, row.value(status.system));
    return reading.mapped(codes.legalStatus(meant.system, meant.code), row.at(status.code))?.code ?? null;
  },
  from: ({ from }, row, { reading }) =>
    row.value(from) === null
      ? reading.missing(row.at(from), 'the start of the period')
      : (row.moment(from)?.instant ?? null),
};

/** Null when the row says neither: then nothing of it can be used. */
function isWithdrawn(places: Periods, row: PeriodRow, reading: Reading): boolean | null {
  if (places.withdrawn && row.matches(places.withdrawn)) return true;
  const action = row.value(places.action)?.toUpperCase() ?? 'A';
  if (['A', 'U', 'D'].includes(action)) return action === 'D';
  return reading.invalid(row.at(places.action ?? []), 'the action is none of A, U, D');
}

function detentionFacts({ reading, feed, places, row, codes, maker, period }: Row): MessageFact[] {
  const code = row.value(places.status.code);
  if (code === null) reading.missing(row.at(places.status.code), 'the legal status');
  const from = row.moment(places.from);
  if (from === null && row.value(places.from) === null) reading.missing(row.at(places.from), 'the start of the period');
  const to = row.moment(places.to);
  if (code === null || from === null) return [];
  const meant = inCode(feed, 'legal-status', code, row.value(places.status.system));
  const status = reading.mapped(codes.legalStatus(meant.system, meant.code), row.at(places.status.code));
  if (status === null) return [];
  if (to !== null && to.day < from.day) {
    reading.invalid(row.at(places.to ?? []), 'the period ends before it starts');
    return [];
  }
  const endReason = row.value(places.endReason);
  return [
    maker.fact({ kind: 'detention', period, status, from: from.day, to: to?.day ?? null, endReason }, from.instant),
  ];
}

function communityFacts({ reading, feed, places, row, codes, maker, period }: Row, withdrawn: boolean): MessageFact[] {
  if (!places.community) return [];
  const { status: statusPlaces, from: fromPlaces, to: toPlaces } = places.community;
  const written = row.value(statusPlaces);
  const meant = written === null ? null : inCode(feed, 'community-status', written);
  const status = meant && reading.mapped(codes.communityStatus(meant.code, meant.system), row.at(statusPlaces));
  const from = row.moment(fromPlaces);
  // A withdrawal may leave the start out: then it means every such status of the period.
  if (!withdrawn && from === null && row.value(fromPlaces) === null)
    reading.missing(row.at(fromPlaces), 'the start of the community status');
  const to = row.moment(toPlaces);
  if (status === null || (from === null && !withdrawn)) return [];
  const said = { period, status, from: from?.day ?? null, to: to?.day ?? null, withdrawn };
  return [maker.fact({ kind: 'community-status', ...said }, from?.instant)];
}

function residenceFacts({ places, row, maker, period }: Row): MessageFact[] {
  const council = bodyCode(row, places.council);
  const postcode = row.value(places.postcode);
  if (council === null && postcode === null && !row.isDeleted(places.council?.code)) return [];
  return [maker.fact({ kind: 'ordinary-residence', period, council, postcode })];
}

function commissionerFacts({ places, row, maker, period }: Row): MessageFact[] {
  const icb = bodyCode(row, places.commissioner);
  if (icb === null && !row.isDeleted(places.commissioner?.code)) return [];
  return [maker.fact({ kind: 'commissioner', period, icb })];
}

function bodyCode(
  row: PeriodRow,
  places: { code: RowPlaces; system?: RowPlaces | undefined } | undefined,
): BodyCode | null {
  const written = row.value(places?.code);
  if (written === null) return null;
  const named = row.value(places?.system)?.toUpperCase() ?? null;
  return { code: written, system: named === 'GSS' || named === 'ODS' ? named : null };
}
