import type { OrganisationTables, Span, Succession } from '../../src/organisations/directory.js';
import { addDays } from '../../src/register/day.js';
import type { RecordGiven } from './ord-records.js';

/** The tables as somebody would have kept them before a day: without what began on it or later. */
export function tablesBefore(day: string, { bodies, successions }: OrganisationTables): OrganisationTables {
  const last = addDays(day, -1);
  const open = (span: Span): Span =>
    span.body.to !== null && span.body.to >= last ? { ...span, body: { ...span.body, to: null }, after: null } : span;
  return {
    bodies: bodies
      .filter(({ value }) => (value.body.from ?? '') < day)
      .map((row) => ({ ...row, value: open(row.value) })),
    successions: successions.filter(({ value }) => value.on < day),
  };
}

const byCode = (spans: readonly Span[]): Map<string, Span[]> => {
  const found = new Map<string, Span[]>();
  for (const span of spans) found.set(span.body.code, [...(found.get(span.body.code) ?? []), span]);
  return found;
};

const some = (from: string | null | undefined) => (from === null || from === undefined ? {} : { from });
const until = (to: string | null | undefined) => (to === null || to === undefined ? {} : { to });

/** Every NHS commissioner of the tables as the ODS records it: one record a code, with the roles that it had one after the other. */
export function recordsOf({ bodies, successions }: OrganisationTables): RecordGiven[] {
  const spans = bodies.map(({ value }) => value).filter(({ body }) => ['icb', 'sub-icb', 'ccg'].includes(body.kind));
  const links = successions.map(({ value }) => value);
  return [...byCode(spans)].map(([code, own]) => recordOf(code, own, links));
}

function recordOf(code: string, own: readonly Span[], links: readonly Succession[]): RecordGiven {
  const sorted = [...own].sort((a, b) => ((a.body.from ?? '') < (b.body.from ?? '') ? -1 : 1));
  const [first, last] = [sorted[0], sorted.at(-1)];
  const places = sorted.filter(({ body }) => body.kind === 'sub-icb');
  const isIcb = first?.body.kind === 'icb';
  const newRole = isIcb ? first : places[0];
  const opened = isIcb && first?.body.from === '2022-07-01' ? '2017-04-01' : first?.body.from;
  const life = { ...some(opened), ...until(last?.body.to) };
  // From a CCG to its ICB the ODS records nothing: the code was kept open.
  const recorded = links.filter((link) => link.kind !== 'boundary' && link.on !== '2022-07-01');
  return {
    code,
    name: (last?.body.name ?? '').toUpperCase(),
    ...life,
    changed: '2026-10-09',
    roles: [
      { id: isIcb ? 'RO261' : 'RO98', ...life },
      ...(newRole ? [{ id: isIcb ? 'RO318' : 'RO319', ...some(newRole.body.from), ...until(last?.body.to) }] : []),
    ],
    ...(places.length === 0 ? {} : { icbs: located(places) }),
    successors: recorded.filter(({ from }) => from === code).map(({ to, on }) => ({ code: to, on })),
    predecessors: recorded.filter(({ to }) => to === code).map(({ from, on }) => ({ code: from, on: addDays(on, -1) })),
  };
}

/** One relationship for each ICB: a new row of the tables may have only another name, or another GSS code. */
function located(places: readonly Span[]): { icb: string; from: string; to?: string }[] {
  const found: { icb: string; from: string; to?: string }[] = [];
  for (const { answersTo, body } of places) {
    const before = found.at(-1);
    if (before?.icb === answersTo && body.to === null) delete before.to;
    else if (before?.icb === answersTo) before.to = body.to ?? '';
    else found.push({ icb: answersTo ?? '', from: body.from ?? '', ...until(body.to) });
  }
  return found;
}
