import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { Queue } from 'bullmq';
import { type RequestHandler, Router } from 'express';
import { boardAdapter } from './board-adapter.js';
import { connectedBodies } from './bodies.js';
import type { AppDeps, Role } from './deps.js';
import { securityHeaders } from './guards.js';
import { problem } from './problem.js';
import { whoOf } from './sign-in.js';

const PATH = '/console/queues';
const MAY_CHANGE: readonly Role[] = ['engineer', 'operator'];

/**
 * BullMQ's own dashboard, for whoever looks into the queues themselves. A job holds a key and nothing else, so it shows
 * nobody. Only an engineer may change anything; what must be done is in our tables, so nothing is lost by it.
 */
export function queueBoard(deps: AppDeps): Router {
  if (queuesOf(deps).length === 0) return Router().use((_req, _res, next) => next(notHere));
  const boards = boardsOf(deps);
  return Router().use(securityHeaders(NEEDS), (req, res, next) => {
    const { forEngineers, forOthers } = boards();
    const board = MAY_CHANGE.includes(whoOf(res).role) ? forEngineers : forOthers;
    res.set('Cache-Control', 'no-store');
    board(req, res, next);
  });
}

type Boards = { queues: readonly Queue[]; forEngineers: RequestHandler; forOthers: RequestHandler };

/** Made again when a queue was: one that met an outage may be another object after it. */
function boardsOf(deps: AppDeps): () => Boards {
  let boards: Boards | undefined;
  return () => {
    const queues = queuesOf(deps);
    const isCurrent = boards?.queues.every((queue, index) => queue === queues[index]);
    if (boards && isCurrent) return boards;
    boards = {
      queues,
      forEngineers: boardOf(queues, { readOnlyMode: false }),
      forOthers: boardOf(queues, { readOnlyMode: true }),
    };
    return boards;
  };
}

/** Its addresses are relative, and one icon of its own brings its colours along. */
const NEEDS = { base: "'self'", styles: ["'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='"] };

const notHere = problem(404, 'the queues cannot be shown here', 'open the console of a process that has them');

function queuesOf({ queues, site }: AppDeps): Queue[] {
  const names = ['interpret', 'fold', ...connectedBodies({ site }).map((body) => `deliver-${body}`)];
  return names.flatMap((name) => {
    const queue = queues.raw?.(name);
    return queue instanceof Queue ? [queue] : [];
  });
}

function boardOf(queues: readonly Queue[], options: { readOnlyMode: boolean }): RequestHandler {
  const { adapter, routes } = boardAdapter(PATH);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, options)),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Queues', miscLinks: [{ text: 'Back to the console', url: '/console' }] } },
  });
  return routes;
}
