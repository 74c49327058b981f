import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { refusalAnswer } from '../flow/fhir-answer.js';
import { PULLED_TYPES, type PullAsked, type PulledType, type Puller } from '../flow/pulled.js';
import { addDays, isDay } from '../register/day.js';
import { acceptable, answer } from './fhir.js';
import type { PullDoor } from './fhir-door.js';
import { whoOf } from './sign-in.js';

type Deps = { pull: PullDoor; signedIn: RequestHandler };

/** `isInAddress`: what stands in an address stands in logs. */
type Criterion = { name: string; value: string; isInAddress: boolean };

const MOST = 200;
const USUAL = 50;
const MOST_BYTES = '8kb';
const FORM = 'application/x-www-form-urlencoded';

/**
 * FHIR R4 searches for bodies that fetch what they were told. A body shows its client certificate and reads its own; who
 * holds the operator token reads everything. Whom a search is about stands in its body: addresses stand in logs.
 */
export function fhirPullRoutes({ pull, signedIn }: Deps): Router {
  const known: RequestHandler = (req, _res, next) => (isPulled(req.params.type) ? next() : next('route'));
  const reader: RequestHandler = (req, res, next) => {
    const body = pull.bodiesOf(req.socket);
    if (body === null) return signedIn(req, res, next);
    res.locals.puller = { ...body, role: 'council' } satisfies Puller;
    next();
  };
  const search: RequestHandler = async (req, res) => {
    const type = req.params.type as PulledType; // `known` was asked before
    const criteria = [...criteriaIn(req.query, true), ...criteriaIn(req.body, false)];
    const asked = askedFor(type, criteria);
    if (typeof asked === 'string') return answer(res, refusalAnswer(400, 'value', asked));
    const { resources, next } = await pull.pull(asked, pullerOf(res));
    const base = `${req.protocol}://${req.headers.host ?? ''}/fhir`;
    // Of one person everything is in the first page: a link would have to say who it is.
    const link =
      next === null || asked.nhsNumber !== null
        ? []
        : [{ relation: 'next', url: nextOf(`${base}/${type}`, criteria, next) }];
    const entry = resources.map((resource) => ({
      fullUrl: `${base}/${type}/${resource.id}`,
      resource,
      search: { mode: 'match' },
    }));
    const lists = { ...(link.length > 0 ? { link } : {}), ...(entry.length > 0 ? { entry } : {}) };
    answer(res, { status: 200, body: JSON.stringify({ resourceType: 'Bundle', type: 'searchset', ...lists }) });
  };
  return Router()
    .get('/fhir/:type', known, acceptable, reader, search)
    .post(
      '/fhir/:type/_search',
      known,
      acceptable,
      reader,
      formOnly,
      express.urlencoded({ extended: false, limit: MOST_BYTES }),
      search,
    );
}

/** Criteria in a form that is not read would be passed over, and everybody found. */
const formOnly: RequestHandler = (req, res, next) => {
  if (!isLong(req) || req.is(FORM)) return next();
  answer(res, refusalAnswer(415, 'not-supported', `criteria are sent as ${FORM}`));
};

const isLong = (req: Request): boolean =>
  req.get('transfer-encoding') !== undefined || Number(req.get('content-length') ?? 0) > 0;

function criteriaIn(given: unknown, isInAddress: boolean): Criterion[] {
  return Object.entries(given ?? {}).flatMap(([name, values]) =>
    [values].flat().map((value) => ({ name, value: String(value), isInAddress })),
  );
}

const isPulled = (type: unknown): boolean => PULLED_TYPES.some((each) => each === type);

const pullerOf = (res: Response): Puller => {
  if (res.locals.puller) return res.locals.puller as Puller;
  const { name, role } = whoOf(res);
  return { who: name, role, bodies: null };
};

const ABOUT = /^(patient|subject)([:.]identifier)?$/;
const ABOUT_IN_ADDRESS = /^(patient|subject|identifier|_id|_has)\b/;
const NHS_NUMBER = /^https:\/\/fhir\.nhs\.uk\/Id\/nhs-number\|(\d{10})$/;

/** What a search asks for, or what is wrong with it: a criterion that is passed over would find too much. */
function askedFor(type: PulledType, criteria: readonly Criterion[]): PullAsked | string {
  const asked: PullAsked = { type, nhsNumber: null, from: null, until: null, after: null, limit: USUAL };
  for (const criterion of criteria) {
    const wrong = takeOne(asked, criterion);
    if (wrong !== null) return wrong;
  }
  return asked.nhsNumber === null ? asked : { ...asked, limit: MOST };
}

function takeOne(asked: PullAsked, { name, value, isInAddress }: Criterion): string | null {
  if (name === '_pretty' || (name === '_format' && /json/i.test(value))) return null;
  if (name === '_lastUpdated') return takeTime(asked, value);
  if (name === '_count' && /^[1-9]\d{0,5}$/.test(value)) {
    asked.limit = Math.min(Number(value), MOST);
    return null;
  }
  if (name === '_page' && /^\d{1,18}$/.test(value)) {
    asked.after = value;
    return null;
  }
  if (isInAddress && ABOUT_IN_ADDRESS.test(name))
    return `${word(name)} says whom it is about, and addresses stand in logs: send it in the body of POST _search`;
  const [, nhsNumber] = (ABOUT.test(name) && NHS_NUMBER.exec(value)) || [];
  if (nhsNumber === undefined)
    return `${word(name)} is none of the criteria, or not of their form; /fhir/metadata lists them`;
  if (asked.nhsNumber !== null && asked.nhsNumber !== nhsNumber)
    return 'a search is about one person; ask for each by itself';
  asked.nhsNumber = nhsNumber;
  return null;
}

/** A name that is a criterion holds nothing of anybody. */
const word = (name: string): string => (/^[\w:.-]{1,40}$/.test(name) && !/\d{4}/.test(name) ? name : 'a criterion');

const TIME = /^(ge|gt|le|lt)(.+)$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** A day is that of UTC, as the instants that are given back; `gt` of a day is after its end. */
function takeTime(asked: PullAsked, value: string): string | null {
  // A plus that was not escaped has become a space.
  const [, how = '', written = ''] = TIME.exec(value.replace(' ', '+')) ?? [];
  const next = how === 'gt' || how === 'le';
  const at = isDay(written) ? new Date(next ? addDays(written, 1) : written) : instantAt(written, next);
  if (at === null) return '_lastUpdated is ge, gt, le or lt before a day or an instant with its offset';
  // Of criteria that stand twice both hold.
  if (how === 'ge' || how === 'gt') asked.from = !asked.from || at > asked.from ? at : asked.from;
  else asked.until = !asked.until || at < asked.until ? at : asked.until;
  return null;
}

function instantAt(written: string, next: boolean): Date | null {
  const at = INSTANT.test(written) ? Date.parse(written) : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at + (next ? 1 : 0));
}

const KEPT_IN_LINK = ['_lastUpdated', '_count'];

function nextOf(address: string, criteria: readonly Criterion[], after: string): string {
  const kept = criteria.filter(({ name }) => KEPT_IN_LINK.includes(name));
  const link = [...kept, { name: '_page', value: after }];
  return `${address}?${new URLSearchParams(link.map(({ name, value }): [string, string] => [name, value]))}`;
}
