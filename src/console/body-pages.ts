import { Router } from 'express';
import { listBodies, pauseBody, readBody, resumeBody } from './bodies.js';
import { handOverAgain, listDeliveries, readDelivery } from './deliveries.js';
import type { AppDeps } from './deps.js';
import { olderLink } from './links.js';
import { notFound } from './problem.js';
import { BodyParameter, DeliveryQuery, HandOver, PauseReason, RowParameter } from './queries.js';
import { listRegisterChecks, trendChart } from './register-checks.js';
import type { Render } from './render.js';
import { mayChange, whoOf } from './sign-in.js';

/** What is on the way to a body comes first, and it is little; what it holds is a long list elsewhere. */
const WAITING_SHOWN = 50;
const SAID = ['paused', 'resumed', 'again'] as const;

/** Councils and ICBs: what each holds and lacks, and whether anything is handed over to it. */
export const bodyPages = (deps: AppDeps, render: Render): Router => {
  const page = async (code: string) => {
    const body = await readBody(deps, code);
    if (!body) return null;
    const of = (state: 'parked' | 'due' | undefined) =>
      listDeliveries(deps, { body: code, state, before: undefined, limit: WAITING_SHOWN });
    const [parked, due, newest, { checks }] = await Promise.all([
      of('parked'),
      of('due'),
      of(undefined),
      listRegisterChecks(deps, code),
    ]);
    return {
      title: body.bodyName ?? code,
      body,
      parked: parked.deliveries,
      due: due.deliveries,
      newest: newest.deliveries.slice(0, 10),
      checks,
      trend: trendChart(checks),
      isForChildren: code.endsWith('-children'),
      isIcb: deps.site.icbs.some(({ ods }) => ods === code),
    };
  };
  return Router()
    .get('/', async (_req, res) => {
      render(res, 'bodies', { title: 'Councils and ICBs', bodies: await listBodies(deps) });
    })
    .get('/:code', async (req, res, next) => {
      const model = await page(BodyParameter.parse(req.params).code);
      if (!model) return next(notFound('council or ICB'));
      render(res, 'body', { ...model, said: SAID.find((word) => word === req.query.said) });
    })
    .post('/:code/pause', mayChange, async (req, res, next) => {
      const { code } = BodyParameter.parse(req.params);
      const given = PauseReason.safeParse(req.body);
      const model = await page(code);
      if (!model) return next(notFound('council or ICB'));
      if (!given.success) return render(res.status(400), 'body', { ...model, reasonMissing: true });
      await pauseBody(deps, code, given.data.reason, whoOf(res));
      res.redirect(303, `/console/bodies/${code}?said=paused`);
    })
    .post('/:code/resume', mayChange, async (req, res) => {
      const { code } = BodyParameter.parse(req.params);
      await resumeBody(deps, code, whoOf(res));
      res.redirect(303, `/console/bodies/${code}?said=resumed`);
    });
};

/** Every version for every body. */
export const deliveryPages = (deps: AppDeps, render: Render): Router =>
  Router()
    .get('/', async (req, res) => {
      const query = DeliveryQuery.parse(req.query);
      const list = await listDeliveries(deps, query);
      const older = olderLink(query, list.nextBefore);
      render(res, 'deliveries', { title: 'Deliveries', list, query, bodyChoices: bodyChoices(deps), older });
    })
    .post('/hand-over', mayChange, async (req, res) => {
      const which = HandOver.parse(req.body);
      await handOverAgain(deps, which, whoOf(res));
      res.redirect(
        303,
        which.delivery === undefined
          ? `/console/bodies/${which.body}?said=again`
          : `/console/deliveries/${which.delivery}?again=yes`,
      );
    })
    .get('/:id', async (req, res, next) => {
      const delivery = await readDelivery(deps, RowParameter.parse(req.params).id, whoOf(res));
      if (!delivery) return next(notFound('delivery'));
      const again = req.query.again === 'yes';
      render(res, 'delivery', { title: `Delivery ${delivery.id}`, delivery, again });
    });

/** Those of the site file, to choose from: all, or of one side. */
export const bodyChoices = ({ site, bodyName }: Pick<AppDeps, 'site' | 'bodyName'>, side?: 'council' | 'icb') =>
  [
    ...(side === 'icb' ? [] : site.councils.map(({ gss }) => gss)),
    ...(side === 'council' ? [] : site.icbs.map(({ ods }) => ods)),
  ].map((code) => ({ value: code, text: bodyName?.(code) ?? code }));
