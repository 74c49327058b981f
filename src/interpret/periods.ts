import type { Segment } from '../hl7v2/message.js';
import type { BodyCode, MessageFact } from '../register/fact.js';
import type { Codes } from './codes.js';
import type { Feed } from './feed.js';
import type { Maker } from './maker.js';
import type { Reading } from './reading.js';

type Periods = NonNullable<Feed['periods']>;

/** Every Mental Health Act period that the message states, whole as the sender knows it. */
export function periodFacts(reading: Reading, places: Periods, codes: Codes, maker: Maker): MessageFact[] {
  return reading.segments(places.segment).flatMap((segment) => {
    const at = (path: string) => `${places.segment}(line ${segment.line})-${path}`;
    const period = segment.value(places.id);
    if (period === null) {
      reading.missing(at(places.id), 'the period identifier');
      return [];
    }
    const action = segment.value(places.action)?.toUpperCase() ?? 'A';
    if (!['A', 'U', 'D'].includes(action)) {
      reading.fault(
        'field-invalid',
        at(places.action),
        'the action is none of A, U, D',
        'the sender corrects it and sends again',
      );
      return [];
    }
    const withdrawn = action === 'D';
    const hasCommunity = segment.value(places.community.status) !== null;
    const row: Row = { reading, segment, places, codes, maker, period, at };
    if (withdrawn && !hasCommunity) return [maker.fact({ kind: 'detention-withdrawn', period })];
    return [
      ...(withdrawn ? [] : [...detentionFacts(row), ...residenceFacts(row), ...commissionerFacts(row)]),
      ...(hasCommunity ? communityFacts(row, withdrawn) : []),
    ];
  });
}

type Row = {
  reading: Reading;
  segment: Segment;
  places: Periods;
  codes: Codes;
  maker: Maker;
  period: string;
  at: (path: string) => string;
};

function detentionFacts({ reading, segment, places, codes, maker, period, at }: Row): MessageFact[] {
  const code = segment.value(places.status.code);
  if (code === null) reading.missing(at(places.status.code), 'the legal status');
  const from = reading.momentIn(segment, places.from, at(places.from));
  if (from === null && segment.value(places.from) === null) reading.missing(at(places.from), 'the start of the period');
  const to = reading.momentIn(segment, places.to, at(places.to));
  if (code === null || from === null) return [];
  const status = reading.mapped(codes.legalStatus(segment.value(places.status.system), code), at(places.status.code));
  if (status === null) return [];
  if (to !== null && to.day < from.day) {
    reading.fault(
      'field-invalid',
      at(places.to),
      'the period ends before it starts',
      'the sender corrects it and sends again',
    );
    return [];
  }
  const endReason = segment.value(places.endReason);
  return [
    maker.fact({ kind: 'detention', period, status, from: from.day, to: to?.day ?? null, endReason }, from.instant),
  ];
}

function communityFacts(
  { reading, segment, places, codes, maker, period, at }: Row,
  withdrawn: boolean,
): MessageFact[] {
  const { status: statusPath, from: fromPath, to: toPath } = places.community;
  const written = segment.value(statusPath);
  const status = written === null ? null : reading.mapped(codes.communityStatus(written), at(statusPath));
  const from = reading.momentIn(segment, fromPath, at(fromPath));
  // A withdrawal may leave the start out: then it means every such status of the period.
  if (!withdrawn && from === null && segment.value(fromPath) === null)
    reading.missing(at(fromPath), 'the start of the community status');
  const to = reading.momentIn(segment, toPath, at(toPath));
  if (status === null || (from === null && !withdrawn)) return [];
  const said = { period, status, from: from?.day ?? null, to: to?.day ?? null, withdrawn };
  return [maker.fact({ kind: 'community-status', ...said }, from?.instant)];
}

function residenceFacts({ segment, places, maker, period }: Row): MessageFact[] {
  const council = bodyCode(segment, places.council);
  const postcode = segment.value(places.postcode);
  if (council === null && postcode === null && !segment.isDeleted(fieldOf(places.council.code))) return [];
  return [maker.fact({ kind: 'ordinary-residence', period, council, postcode })];
}

function commissionerFacts({ segment, places, maker, period }: Row): MessageFact[] {
  const icb = bodyCode(segment, places.commissioner);
  if (icb === null && !segment.isDeleted(fieldOf(places.commissioner.code))) return [];
  return [maker.fact({ kind: 'commissioner', period, icb })];
}

/** `""` stands in the whole field: `11.1` is deleted by `""` in 11. */
const fieldOf = (path: string): string => path.split('.')[0] ?? path;

function bodyCode(segment: Segment, { code, system }: { code: string; system: string }): BodyCode | null {
  const written = segment.value(code);
  if (written === null) return null;
  const named = segment.value(system)?.toUpperCase() ?? null;
  return { code: written, system: named === 'GSS' || named === 'ODS' ? named : null };
}
