import express, { Router } from 'express';
import { auditPages } from './audit-pages.js';
import { bodyPages, deliveryPages } from './body-pages.js';
import { flowChart } from './chart.js';
import type { AppDeps } from './deps.js';
import { messagePages } from './message-pages.js';
import { overviewOf } from './overview.js';
import { queueBoard } from './queue-board.js';
import { recordPages } from './record-pages.js';
import { chargePages, duePages, questionPages, registerPages } from './register-pages.js';
import type { Render } from './render.js';

/** The pages of engineers, register officers and auditors. */
export function pageRoutes(deps: AppDeps, render: Render): Router {
  const now = deps.now ?? (() => new Date());
  return Router()
    .use('/queues', queueBoard(deps))
    .use('/register/:key/record', recordPages(deps, render)) // longer than any other form
    .use(express.urlencoded({ extended: false, limit: '8kb' }))
    .get('/', async (_req, res) => {
      const overview = await overviewOf(deps, now());
      const chart = flowChart(overview.flow);
      render(res, 'overview', { title: 'Overview', overview, chart, at: now().toISOString() });
    })
    .use('/messages', messagePages(deps, render))
    .use('/register', registerPages(deps, render))
    .use('/questions', questionPages(deps, render))
    .use('/due', duePages(deps, render))
    .use('/charges', chargePages(deps, render))
    .use('/bodies', bodyPages(deps, render))
    .use('/deliveries', deliveryPages(deps, render))
    .use('/audit', auditPages(deps, render));
}
