import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import { type Asked, capabilityAnswer, type FhirAnswer, type FhirRequest, refusalAnswer } from '../flow/fhir-answer.js';
import type { Log } from '../log.js';
import type { AppDeps } from './deps.js';
import { problemOf } from './errors.js';
import type { FhirDoor } from './fhir-door.js';
import { isProblem } from './problem.js';

const JSON_TYPES = ['application/fhir+json', 'application/json', 'application/json+fhir'];
const XML = /xml/i;

type Deps = Pick<AppDeps, 'maxBytes' | 'secondsToWait' | 'site'> & { door: FhirDoor };

/**
 * FHIR R4 in. Like MLLP and POST /hl7 it asks for no operator token: the site file says who may send. Whatever is
 * wrong is answered with an OperationOutcome.
 */
export function fhirRoutes({ door, maxBytes, secondsToWait, site }: Deps): Router {
  const taking = (asked: (req: Request) => Asked): RequestHandler[] => [
    acceptable,
    express.raw({ type: JSON_TYPES, limit: maxBytes }),
    async (req, res) => {
      if (!req.is(JSON_TYPES)) return answer(res, wrongType(req));
      const bytes: unknown = req.body;
      const message = Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0);
      const seconds = secondsToWait?.(message, req.socket) ?? 0;
      if (seconds > 0) return answer(res.set('Retry-After', String(seconds)), TOO_FAST);
      const request = { asks: asked(req), url: addressOf(req), prefer: preferred(req), conditions: conditionsOf(req) };
      answer(res, await door.receive(message, request, req.socket));
    },
  ];
  const bundle = taking(() => ({ kind: 'bundle' }));
  const processMessage = taking(() => ({ kind: 'process-message' }));
  const create = taking(({ params: { type } }) => ({ kind: 'create', type: text(type) }));
  const update = taking(({ params: { type, id }, url }) => ({
    kind: 'update',
    type: text(type),
    id: id === undefined ? null : text(id),
    query: url.split('?').slice(1).join('?'),
  }));
  return Router()
    .get('/fhir/metadata', acceptable, (req, res) => {
      answer(res, capabilityAnswer(`${serverOf(req)}/fhir`, site.name));
    })
    .post('/fhir', bundle)
    .post('/fhir/$process-message', processMessage)
    .post('/fhir/:type', create)
    .put('/fhir/:type{/:id}', update)
    .all('/fhir{/*rest}', (_req, res) => {
      answer(res, refusalAnswer(404, 'not-found', 'nothing is here; GET /fhir/metadata says what is'));
    });
}

const TOO_FAST = refusalAnswer(429, 'transient', 'this sender is above its rate; send it again after Retry-After');

const text = (param: string | string[] | undefined): string => (typeof param === 'string' ? param : '');

const serverOf = (req: Request): string => `${req.protocol}://${req.headers.host ?? ''}`;
const addressOf = (req: Request): string => `${serverOf(req)}${req.path}`;

export function answer(res: Response, { status, body }: FhirAnswer): void {
  if (status === 503 && !res.hasHeader('Retry-After')) res.set('Retry-After', '5');
  res.status(status).set('Cache-Control', 'no-store');
  if (body === null) res.end();
  else res.set('Content-Type', 'application/fhir+json; charset=utf-8').end(body);
}

/** FHIR R4 `Prefer: return=…`; what is not known of it asks for nothing. */
function preferred(req: Request): FhirRequest['prefer'] {
  const [, asked] = /(?:^|[,;\s])return\s*=\s*"?(\w+)/i.exec(req.headers.prefer?.toString() ?? '') ?? [];
  return asked === 'minimal' || asked === 'representation' ? asked : 'OperationOutcome';
}

/** If-None-Match holds, for nothing is read back here; the two of time are of reading only (RFC 9110 13.1). */
const conditionsOf = (req: Request): NonNullable<FhirRequest['conditions']> => ({
  ifMatch: req.get('if-match'),
  ifNoneExist: req.get('if-none-exist'),
});

/** Refuses whoever takes no FHIR JSON. */
export const acceptable: RequestHandler = (req, res, next) => {
  if (req.accepts([...JSON_TYPES, 'json'])) return next();
  answer(res, refusalAnswer(406, 'not-supported', 'the answer is FHIR JSON: accept application/fhir+json'));
};

function wrongType(req: Request): FhirAnswer {
  const isXml = XML.test(req.headers['content-type'] ?? '');
  const said = isXml ? 'FHIR XML is not taken' : 'the content type is not one of FHIR JSON, or there is no body';
  return refusalAnswer(415, 'not-supported', `${said}; send application/fhir+json`);
}

/** Also of what went wrong on the way to these addresses. */
export function fhirErrors(door: FhirDoor, log: Log): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    if (isProblem(error)) return answer(res, refusalAnswer(error.status, 'forbidden', `${error.title}; ${error.next}`));
    const { status = 500, type } =
      typeof error === 'object' && error !== null ? (error as { status?: number; type?: string }) : {};
    if (type === 'entity.too.large') return answer(res, await door.refuseTooLong(req.socket));
    if (status === 415)
      return answer(res, refusalAnswer(415, 'not-supported', 'the content encoding is not known; send it plain'));
    if (status >= 400 && status < 500)
      return answer(res, refusalAnswer(status, 'structure', 'the request cannot be understood'));
    const said = problemOf(error);
    if (said.status === 503) return answer(res, refusalAnswer(503, 'transient', `${said.title}; ${said.next}`));
    log.error('a request failed', { system: 'http', error });
    answer(res, FAILED);
  };
}

const FAILED = refusalAnswer(500, 'exception', 'the service failed on this request; report it with its time');
