import express, { Router } from 'express';
import type { AppDeps } from './deps.js';
import { isProblem, problem } from './problem.js';
import { recordLines } from './recording.js';
import { mayChange, whoOf } from './sign-in.js';

const FACT_TYPES = ['application/json', 'application/x-ndjson', 'application/ndjson'];

/** What people state. Apart from the other routes: several facts are longer than any other request, and have lines. */
export const factRoutes = (deps: AppDeps): Router =>
  Router().post('/', mayChange, express.text({ type: FACT_TYPES, limit: deps.maxBytes }), async (req, res, next) => {
    res.set('Cache-Control', 'no-store');
    if (typeof req.body !== 'string') return next(notFacts);
    const done = await recordLines(deps, onOneLine(req.body), whoOf(res));
    if (isProblem(done)) return next(done);
    res.json(done);
  });

const notFacts = problem(
  415,
  'what was sent is not said to be facts',
  `send one as application/json, or several, one a line, as application/x-ndjson`,
);

/** One fact may be laid out over several lines, as JSON is. */
function onOneLine(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return body;
  }
}
