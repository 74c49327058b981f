import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { refusalAnswer } from '../flow/fhir-answer.js';
import { PULLED_TYPES, type PullAsked, type PulledType, type Puller } from '../flow/pulled.js';
import { addDays, isDay } from '../register/day.js';
import { answer } from './fhir.js';
import type { PullDoor } from './fhir-door.js';
import { whoOf } from './sign-in.js';

type Deps = { pull: PullDoor; signedIn: RequestHandler };
type Given = { [name: string]: unknown };

const MOST = 200;
const USUAL = 50;
const MOST_BYTES = '8kb';

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
  const search =
    (given: (req: Request) => Given, isInAddress: boolean): RequestHandler =>
    async (req, res) => {
      const type = req.params.type as PulledType; // `known` was asked before
      const asked = askedFor(type, given(req), isInAddress);
      if (typeof asked === 'string') return answer(res, refusalAnswer(400, 'value', asked));
      const { resources, next } = await pull.pull(asked, pullerOf(res));
      const base = `${req.protocol}://${req.headers.host ?? ''}/fhir`;
      // Of one person everything is in the first page: a link would have to say who it is.
      const link =
        next === null || asked.nhsNumber !== null
          ? []
          : [{ relation: 'next', url: nextOf(`${base}/${type}`, given(req), next) }];
      const entry = resources.map((resource) => ({
        fullUrl: `${base}/${type}/${resource.id}`,
        resource,
        search: { mode: 'match' },
      }));
      const lists = { ...(link.length > 0 ? { link } : {}), ...(entry.length > 0 ? { entry } : {}) };
      answer(res, { status: 200, body: JSON.stringify({ resourceType: 'Bundle', type: 'searchset', ...lists }) });
    };
  return Router()
    .get(
      '/fhir/:type',
      known,
      reader,
      search(({ query }) => query, true),
    )
    .post(
      '/fhir/:type/_search',
      known,
      reader,
      express.urlencoded({ extended: false, limit: MOST_BYTES }),
      search(({ query, body }) => ({ ...query, ...(body ?? {}) }), false),
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
function askedFor(type: PulledType, given: Given, isInAddress: boolean): PullAsked | string {
  const asked: PullAsked = { type, nhsNumber: null, from: null, until: null, after: null, limit: USUAL };
  for (const [name, values] of Object.entries(given)) {
    for (const value of [values].flat()) {
      const wrong = takeOne(asked, name, String(value), isInAddress);
      if (wrong !== null) return wrong;
    }
  }
  return asked;
}

function takeOne(asked: PullAsked, name: string, value: string, isInAddress: boolean): string | null {
  if (name === '_format') return null;
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
  Object.assign(asked, { nhsNumber, limit: MOST });
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
  if (how === 'ge' || how === 'gt') asked.from = at;
  else asked.until = at;
  return null;
}

function instantAt(written: string, next: boolean): Date | null {
  const at = INSTANT.test(written) ? Date.parse(written) : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at + (next ? 1 : 0));
}

function nextOf(address: string, given: Given, after: string): string {
  const { _lastUpdated: times = [], _count: count } = given;
  const params = new URLSearchParams([
    ...[times].flat().map((time): [string, string] => ['_lastUpdated', String(time)]),
    ...(count === undefined ? [] : [['_count', String(count)] as [string, string]]),
    ['_page', after],
  ]);
  return `${address}?${params}`;
}
