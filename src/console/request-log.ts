import type { RequestHandler } from 'express';
import type { Log } from '../log.js';

const QUIET = /^\/(?:health|metrics|console\/assets)/;

/** Status and duration only: paths and queries are never written down. */
export const requestLog =
  (log: Log): RequestHandler =>
  (req, res, next) => {
    const from = performance.now();
    res.once('close', () => {
      const fields = { system: 'http', httpStatus: res.statusCode, durationMs: Math.round(performance.now() - from) };
      if (QUIET.test(req.path)) log.debug('a request was answered', fields);
      else log.info('a request was answered', fields);
    });
    next();
  };
