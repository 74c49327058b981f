import express, { type ErrorRequestHandler, Router } from 'express';
import type { AppDeps } from './deps.js';
import { problem } from './problem.js';

const TYPES = ['application/hl7-v2', 'x-application/hl7-v2+er7', 'text/plain'];
const STATUS = { stored: 200, refused: 200, failed: 503 } as const;

/**
 * HL7 v2 over HTTP. Like MLLP it asks for no operator token: the site file says who may send, and a sender must not
 * hold the key to the register. What is refused is answered 200 as well: the acknowledgement says AR.
 */
export function hl7Routes({ receive, refuseTooLong, maxBytes, secondsToWait = () => 0 }: Deps): Router {
  const routes = Router().post('/hl7', express.raw({ type: TYPES, limit: maxBytes }), async (req, res, next) => {
    const type = req.is(TYPES);
    if (typeof type !== 'string') {
      next(problem(415, 'the content type is not one of HL7 v2', `send ${TYPES.join(', ')}`));
      return;
    }
    const bytes: unknown = req.body;
    // An empty body is no message either: it gets the refusal that an empty frame gets.
    const message = Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0);
    const wait = secondsToWait(message, req.socket);
    if (wait > 0) {
      res.set('Retry-After', String(wait));
      next(problem(429, 'more messages than the site file allows', `send it again in ${wait} seconds`));
      return;
    }
    const { status, acknowledgements } = await receive(message, req.socket);
    if (status === 'failed') res.set('Retry-After', '5');
    const nothingAsked = status !== 'failed' && acknowledgements.length === 0;
    res
      .status(nothingAsked ? 204 : STATUS[status])
      .set('Content-Type', type)
      .end(Buffer.concat(acknowledgements));
  });
  const tooLong: ErrorRequestHandler = async (error, req, res, next) => {
    if (!isTooLong(error)) return next(error);
    const { acknowledgements } = await refuseTooLong(req.socket);
    res.status(413).set('Content-Type', 'application/hl7-v2').end(Buffer.concat(acknowledgements));
  };
  return routes.use('/hl7', tooLong);
}

type Deps = Pick<AppDeps, 'receive' | 'refuseTooLong' | 'maxBytes' | 'secondsToWait'>;

const isTooLong = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'type' in error && error.type === 'entity.too.large';
