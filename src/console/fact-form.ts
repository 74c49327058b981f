import { FORMS } from './fact-forms.js';
import { type Field, STATED_BY, type StatedKind } from './form-field.js';

/** What a form posted: each field by name, with every value that was given. */
export type Posted = ReadonlyMap<string, readonly string[]>;
export type PostedNeed = { text: string; services: PostedService[] };
export type PostedService = { text: string; provider: string; fundedBy: string };

/** As the body parser gives it: one value, or several under one name. */
export function postedIn(body: unknown): Posted {
  const pairs = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return new Map(pairs.map(([name, value]) => [name, [value].flat().map(String)]));
}

/** The one value of a field, without blanks around it; empty where nothing was given. */
export const typedIn = (posted: Posted, name: string): string => posted.get(name)?.[0]?.trim() ?? '';

/** The fact that the form says, in the form of `contract.md`. What was left empty is left out. */
export function statedIn(kind: StatedKind, posted: Posted, nhsNumber: string | null): object {
  const stated: Record<string, unknown> = { kind, nhsNumber };
  for (const field of [...FORMS[kind].fields, ...STATED_BY]) {
    const value = READ[field.as](posted, field);
    if (value !== undefined) put(stated, field.name.split('.'), value);
  }
  return { ...stated, statedBy: stated.statedBy ?? {} };
}

function put(into: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const inner = (into[first] ?? {}) as Record<string, unknown>;
  into[first] = inner;
  put(inner, rest, value);
}

type Read = (posted: Posted, field: Field) => unknown;

const text: Read = (posted, { name }) => typedIn(posted, name) || undefined;
const code: Read = (posted, { name }) => typedIn(posted, name).toUpperCase() || undefined;
const tidy =
  (unwanted: RegExp): Read =>
  (posted, { name }) =>
    typedIn(posted, name).replace(unwanted, '') || undefined;

const READ: Record<Field['as'], Read> = {
  day: text,
  text,
  area: text,
  choice: text,
  hidden: text,
  council: code,
  icb: code,
  money: tidy(/[£,\s]/g),
  number: tidy(/[\s-]/g),
  'yes-no': (posted, { name }) => ({ yes: true, no: false })[typedIn(posted, name)],
  checks: (posted, { name }) => posted.get(name) ?? [],
  lines: (posted, { name }) => linesOf(typedIn(posted, name)),
  section: (posted, { name }) => {
    const [system = '', status = ''] = typedIn(posted, name).split('|');
    return status === '' ? undefined : { system, code: status };
  },
  needs: (posted) => needsIn(posted).map(needOf),
};

const linesOf = (given: string): string[] =>
  given
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

const needOf = ({ text: need, services }: PostedNeed) => ({
  ...(need === '' ? {} : { text: need }),
  services: services.map((service) => Object.fromEntries(Object.entries(service).filter(([, value]) => value !== ''))),
});

const MOST = 40;

const NEED = /^needs\.(\d+)\.(?:text|services\.(\d+)\.)/;

/** What a form cannot hold is said and not left out: a plan without its last needs would be another plan. */
export const isTooMuch = (posted: Posted): boolean =>
  [...posted.keys()].some((name) => {
    const [, need, service = '0'] = NEED.exec(name) ?? [];
    return need !== undefined && (Number(need) >= MOST || Number(service) >= MOST) && typedIn(posted, name) !== '';
  });

export const TOO_MUCH = `more than ${MOST} needs, or ${MOST} services of one need: record this plan with "aftercare record" or by the API`;

/** `needs.0.text`, `needs.0.services.1.provider`: those in which anything was written, in their order. */
export function needsIn(posted: Posted): PostedNeed[] {
  const upTo = Array.from({ length: MOST }, (_, index) => index);
  const at = (path: string) => typedIn(posted, path);
  return upTo
    .filter((need) => posted.has(`needs.${need}.text`))
    .map((need) => ({
      text: at(`needs.${need}.text`),
      services: upTo
        .map((service) => `needs.${need}.services.${service}`)
        .map((path) => ({
          text: at(`${path}.text`),
          provider: at(`${path}.provider`),
          fundedBy: at(`${path}.fundedBy`),
        }))
        .filter((service) => Object.values(service).some((value) => value !== '')),
    }))
    .filter(({ text: need, services }) => need !== '' || services.length > 0);
}
