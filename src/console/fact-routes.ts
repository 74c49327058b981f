import { isUtf8 } from 'node:buffer';
import express, { Router } from 'express';
import type { AppDeps } from './deps.js';
import { isProblem, problem } from './problem.js';
import { recordLines } from './recording.js';
import { mayChange, whoOf } from './sign-in.js';

const FACT_TYPES = ['application/json', 'application/x-ndjson', 'application/ndjson'];

/** What people state. Apart from the other routes: several facts are longer than any other request, and have lines. */
export const factRoutes = (deps: AppDeps): Router =>
  Router().post('/', mayChange, express.raw({ type: FACT_TYPES, limit: deps.maxBytes }), async (req, res, next) => {
    res.set('Cache-Control', 'no-store');
    if (!Buffer.isBuffer(req.body)) return next(notFacts);
    if (isOtherCharset(req.get('content-type'))) return next(notUtf8);
    const done = await recordLines(deps, onOneLine(req.body), whoOf(res));
    if (isProblem(done)) return next(done);
    res.json(done);
  });

const notFacts = problem(
  415,
  'what was sent is not said to be facts',
  `send one as application/json, or several, one a line, as application/x-ndjson`,
);

/** Bytes that are no UTF-8 are told by their line. */
const isOtherCharset = (type = ''): boolean =>
  /;\s*charset\s*=/i.test(type) && !/;\s*charset\s*=\s*"?utf-?8/i.test(type);

const notUtf8 = problem(415, 'what was sent is in another character set than UTF-8', 'send it as UTF-8');

/** One fact may be laid out over several lines, as JSON is. */
function onOneLine(body: Buffer): Buffer | string {
  if (!isUtf8(body)) return body;
  try {
    return JSON.stringify(JSON.parse(body.toString('utf8')));
  } catch {
    return body;
  }
}
