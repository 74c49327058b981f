import { addDays, type Day } from '../register/day.js';
import type { Span } from './directory.js';
import { bodyRow, type FoundChange, foundBody, foundLink, RECORD } from './found-change.js';
import { isOtherName, type NationalBody, readableName } from './national-body.js';
import { bodyCells, type Cells } from './rows.js';

/** A body that no table has. `before`: what the code meant until then. */
export function newBody(body: NationalBody, before: Span | undefined): FoundChange[] {
  if (body.kind === 'sub-icb') return newPlace(body, before);
  const row = rowOf(body, { to: body.to ?? '' });
  if (body.kind === 'council') {
    const why = `the record of ${body.ods} tells of a council that no table has; its GSS code stands in no record`;
    return [foundBody({ row: { ...row, code: '' }, why, needsConfirming: true })];
  }
  const since = `${body.from === null ? '' : ` since ${body.from}`}`;
  const why = body.isKeptOpen
    ? `the code ${body.ods} was kept open, and is that of ${article(body)}${since}`
    : `the record of ${body.ods} tells of ${article(body)}${since} that no table has`;
  return [foundBody({ row, why, needsConfirming: body.isKeptOpen })];
}

const article = ({ kind }: NationalBody): string =>
  kind === 'icb' ? 'an ICB' : kind === 'trust' ? 'an NHS trust' : 'a sub-ICB location';

const rowOf = ({ ods, kind, name, from }: NationalBody, cells: Cells): Cells => ({
  code: ods,
  kind,
  name: name === null ? '' : readableName(name),
  ods,
  gss: '',
  from: from ?? '',
  to: '',
  answers_to: '',
  source: RECORD,
  ...cells,
});

/** One row for each ICB it was located in. A CCG whose code it has ends the day before. */
function newPlace(body: NationalBody, before: Span | undefined): FoundChange[] {
  const ccg = before?.body.kind === 'ccg' ? before : undefined;
  const needsConfirming = ccg !== undefined || body.isKeptOpen;
  const why = needsConfirming
    ? `the code ${body.ods} was kept open, and is that of a sub-ICB location since ${body.from ?? 'a day not told'}`
    : `the record of ${body.ods} tells of a sub-ICB location that no table has`;
  const periods = body.locatedIn.length > 0 ? body.locatedIn : [{ icb: '', from: body.from, to: body.to }];
  const rows = periods.map(({ icb, from }, at) => {
    const next = periods[at + 1]?.from ?? null;
    const to = next === null ? body.to : addDays(next, -1);
    return rowOf(body, { from: (at === 0 ? body.from : from) ?? '', to: to ?? '', answers_to: icb });
  });
  const places = rows.map((row, at) =>
    at === 0 && ccg
      ? foundBody({ row, why, needsConfirming, base: bodyCells(ccg), continues: true })
      : foundBody({ row, why, needsConfirming }),
  );
  const [first] = rows;
  if (!ccg || !first?.answers_to || body.from === null) return places;
  const link = { date: body.from, from: body.ods, to: first.answers_to, kind: 'merge', resolve_by: '', source: RECORD };
  return [...places, foundLink({ row: link, needsConfirming, why: `${why}: its ICB followed the CCG` })];
}

/** What a record says otherwise than the rows of its body. `own`: in order of time, and at least one. */
export function bodyDifferences(body: NationalBody, own: readonly Span[]): FoundChange[] {
  const last = own.at(-1);
  if (!last) return [];
  const moved = body.kind === 'sub-icb' ? placeDifferences(body, own, last) : [];
  const renamed = moved.some(({ continues }) => continues) ? [] : nameDifference(body, last);
  const anew = councilAnew(body, last);
  return anew.length > 0 ? anew : [...endDifference(body, last), ...moved, ...renamed];
}

const DAY_MS = 86_400_000;
/** Records of two bodies tell of one change with days that differ by one. */
const isSameDay = (a: Day | null, b: Day | null): boolean =>
  a === b || (a !== null && b !== null && Math.abs(Date.parse(a) - Date.parse(b)) <= DAY_MS);

function endDifference(body: NationalBody, last: Span): FoundChange[] {
  const [ours, theirs] = [last.body.to, body.to];
  if (isSameDay(ours, theirs)) return [];
  const base = bodyCells(last);
  const row = bodyRow(last, { to: theirs ?? '' });
  if (ours === null) return [foundBody({ row, base, why: `the record of ${body.ods} ends on ${theirs}` })];
  if (theirs === null && isOlder(body, ours)) return [];
  const says = theirs === null ? 'has no end' : `ends on ${theirs}`;
  const why = `the record of ${body.ods} ${says}, and the tables end it on ${ours}, which counts until somebody confirms this`;
  return [foundBody({ row, base, why, needsConfirming: true })];
}

/** A record that was last changed before the day cannot tell of it. */
const isOlder = ({ lastChangeOn }: NationalBody, day: Day | null): boolean =>
  lastChangeOn !== null && day !== null && lastChangeOn <= day;

const NO_NAME = /\(name not in the sources\)$/;

function nameDifference(body: NationalBody, last: Span): FoundChange[] {
  if (body.name === null) return [];
  const name = readableName(body.name);
  const base = bodyCells(last);
  if (NO_NAME.test(last.body.name))
    return [foundBody({ row: bodyRow(last, { name }), base, why: `the record of ${body.ods} has its name` })];
  const isOver = last.after !== null || body.to !== null;
  if (isOver || isOlder(body, last.body.from) || !isOtherName(last.body.name, name, body.kind)) return [];
  const changed = body.lastChangeOn === null ? '' : `; it was changed last on ${body.lastChangeOn}`;
  const why = `the record of ${body.ods} has another name, "${name}", and does not say since when${changed}: confirm with --set from=DATE`;
  return [foundBody({ row: bodyRow(last, { name, from: '' }), base, continues: true, needsConfirming: true, why })];
}

function placeDifferences(body: NationalBody, own: readonly Span[], last: Span): FoundChange[] {
  return body.locatedIn.flatMap(({ icb, from, to }) => {
    const day = from ?? body.from;
    if (day === null) return [];
    const there = own.findLast((span) => (span.body.from ?? '') <= day && (span.after === null || day < span.after));
    if (there ? there.answersTo === icb : isInGap(own, day)) return [];
    const begins = last.body.from ?? '';
    if (there && (there !== last || isSameDay(begins, day)))
      return [
        foundBody({
          row: bodyRow(there, { answers_to: icb }),
          base: bodyCells(there),
          needsConfirming: true,
          why: `the record of ${body.ods} has it in ${icb} on ${day}, and the tables in ${there.answersTo}, which counts until somebody confirms this`,
        }),
      ];
    return [movedTo(body, last, { icb, from: day, to })];
  });
}

/** Before its first row, or between two: the tables tell of the place only as far as they know it. */
const isInGap = (own: readonly Span[], day: Day): boolean => {
  const last = own.at(-1);
  return last === undefined || last.after === null || day < last.after;
};

function movedTo(body: NationalBody, last: Span, { icb, from, to }: { icb: string; from: Day; to: Day | null }) {
  const end = [body.to, to].filter((day) => day !== null && day >= from).sort()[0] ?? '';
  // Which code the ONS gives it from then on stands in no record.
  const name = body.name === null ? last.body.name : readableName(body.name);
  const row = bodyRow(last, { name, gss: '', from, to: end, answers_to: icb });
  const ended =
    last.body.to === null
      ? ''
      : `, and the tables end it on ${last.body.to}, which counts until somebody confirms this`;
  const why = `the record of ${body.ods} has it in ${icb} since ${from}${ended}`;
  return foundBody({ row, base: bodyCells(last), continues: true, needsConfirming: true, why });
}

/** A council that was kept under its code when it took over what districts did is another body, with a GSS code of its own. */
function councilAnew(body: NationalBody, last: Span): FoundChange[] {
  const { roleSince } = body;
  if (roleSince === null || roleSince <= (last.body.from ?? '') || last.after !== null) return [];
  if (isSameDay(roleSince, last.body.from)) return [];
  const row = bodyRow(last, { code: '', gss: '', from: roleSince, to: body.to ?? '' });
  const why = `the code ${body.ods} was kept open with another role since ${roleSince}; the GSS code of the new council stands in no record`;
  return [foundBody({ row, base: bodyCells(last), continues: true, needsConfirming: true, why })];
}
