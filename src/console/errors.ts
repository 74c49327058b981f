import type { ErrorRequestHandler, RequestHandler } from 'express';
import { ZodError } from 'zod';
import { Fault } from '../fault.js';
import type { Log } from '../log.js';
import { isProblem, notFound, type Problem, problem } from './problem.js';
import type { Render } from './render.js';

/** What the driver says when the database is not there: connection, shutdown, too many clients. */
const UNREACHABLE = /^(?:ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|08|57P|53300)/;

export const nothingHere: RequestHandler = (_req, _res, next) => next(notFound('page'));

/** JSON for programs, a page for people; both say what is wrong and what next. */
export function answerErrors(render: Render, log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const said = problemOf(error);
    if (said.status >= 500) log.error('a request failed', { system: 'http', error });
    if (res.headersSent) return next(error);
    res.status(said.status).set('Cache-Control', 'no-store');
    if (said.status === 503) res.set('Retry-After', '5');
    if (req.path.startsWith('/console') && req.accepts(['json', 'html']) === 'html') {
      render(res, 'error', { title: said.title, status: said.status, next: said.next });
      return;
    }
    const { status, title, mistakes } = said;
    res
      .type('application/problem+json')
      .send(JSON.stringify({ type: 'about:blank', status, title, detail: said.next, mistakes }));
  };
}

/** What is said of whatever was thrown. */
export function problemOf(error: unknown): Problem {
  if (isProblem(error)) return error;
  if (error instanceof ZodError) return problem(400, invalid(error), 'correct it, and ask again');
  if (error instanceof Fault && error.code === 'system-unreachable') return unreachable;
  if (error instanceof Fault && error.code === 'rebuilding')
    return problem(503, `${error.detail.where}: ${error.detail.text}`, error.detail.next);
  if (error instanceof Fault && error.code === 'usage')
    return problem(409, `${error.detail.where}: ${error.detail.text}`, error.detail.next);
  if (typeof error !== 'object' || error === null) return failed;
  if ('code' in error && UNREACHABLE.test(String(error.code))) return unreachable;
  const status = 'status' in error ? Number(error.status) : 500;
  if (status === 413) return problem(413, 'what was sent is too large', 'send it in parts, or raise MLLP_MAX_BYTES');
  if (status === 415) return problem(415, 'what was sent is encoded in a way that is not understood', 'send it plain');
  if (status >= 400 && status < 500)
    return problem(status, 'the request cannot be understood', 'correct it, and send it again');
  return failed;
}

/** Names what is wrong, never the value: it may be patient data. */
const invalid = (error: ZodError): string =>
  [...new Set(error.issues.map(({ path }) => path.join('.')))]
    .map((name) => `${name || 'the request'} is not valid`)
    .join('; ');

const unreachable = problem(
  503,
  'the database does not answer',
  'nothing is lost: try again in a moment, and look at /health/ready',
);
const failed = problem(
  500,
  'the service failed on this request',
  'try again; if it stays, report it with the log of this moment',
);
