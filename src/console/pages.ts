import express, { Router } from 'express';
import { takeApart } from '../flow/take-apart.js';
import { auditStore } from '../store/audit.js';
import { inboxStore } from '../store/inbox.js';
import { handOverAgain, listDeliveries, readDelivery } from './deliveries.js';
import type { AppDeps } from './deps.js';
import { listMessages, messagesNaming, readMessage } from './messages.js';
import { deliveriesByBody, overviewOf } from './overview.js';
import { readPerson } from './person.js';
import { notFound } from './problem.js';
import { findPerson, listPersons } from './register.js';
import type { Render } from './render.js';
import {
  BreakGlass,
  DeliveryQuery,
  HandOver,
  MessageQuery,
  NhsNumberSearch,
  PersonParameter,
  RegisterQuery,
  RowParameter,
} from './schemas.js';
import { whoOf } from './sign-in.js';

/** The pages of engineers and register officers. */
export function pageRoutes(deps: AppDeps, render: Render): Router {
  const now = deps.now ?? (() => new Date());
  return Router()
    .use(express.urlencoded({ extended: false, limit: '8kb' }))
    .get('/', async (_req, res) => {
      render(res, 'overview', { title: 'Overview', overview: await overviewOf(deps, now()) });
    })
    .use('/messages', messagePages(deps, render))
    .use('/register', registerPages(deps, render))
    .use('/deliveries', deliveryPages(deps, render));
}

const messagePages = (deps: AppDeps, render: Render): Router =>
  Router()
    .get('/', async (req, res) => {
      const query = MessageQuery.parse(req.query);
      const list = await listMessages(deps, query);
      render(res, 'messages', { title: 'Messages', list, query, older: olderLink(query, list.nextBefore) });
    })
    .post('/search', async (req, res) => {
      const searched = NhsNumberSearch.safeParse(req.body);
      if (!searched.success) {
        const none = { messages: [], nextBefore: null };
        render(res.status(400), 'messages', { title: 'Messages', list: none, query: {}, notANumber: true });
        return;
      }
      const { nhsNumber, before } = searched.data;
      const list = await messagesNaming(deps, nhsNumber, before);
      render(res, 'messages', { title: 'Messages of one person', list, query: {}, nhsNumber });
    })
    .get('/:id', async (req, res, next) => {
      const message = await readMessage(deps, RowParameter.parse(req.params).id);
      if (!message) return next(notFound('message'));
      render(res, 'message', { title: `Message ${message.id}`, message });
    })
    .post('/:id/content', async (req, res, next) => {
      const { id } = RowParameter.parse(req.params);
      const message = await readMessage(deps, id);
      const given = BreakGlass.safeParse(req.body);
      if (!message?.hasContent) return next(notFound('content of this message'));
      if (!given.success) {
        render(res.status(400), 'message', { title: `Message ${id}`, message, reasonMissing: true });
        return;
      }
      const { name, role } = whoOf(res);
      await auditStore(deps.pool).record({
        who: name,
        role,
        action: 'content-seen',
        subject: `message:${id}`,
        reason: given.data.reason,
      });
      const content = (await inboxStore(deps.pool).get(id))?.content;
      if (!content) return next(notFound('content of this message'));
      render(res, 'content', { title: `Message ${id}: content`, message, segments: takeApart(content) });
    });

const registerPages = (deps: AppDeps, render: Render): Router =>
  Router()
    .get('/', async (req, res) => {
      const query = RegisterQuery.parse(req.query);
      const list = await listPersons(deps, query, whoOf(res));
      const more = moreLink(query, list.nextAfter);
      render(res, 'register', { title: 'Register', list, query, bodyChoices: bodyChoices(deps), more });
    })
    .post('/search', async (req, res) => {
      const searched = NhsNumberSearch.safeParse(req.body);
      const shared = { title: 'Register', query: {}, bodyChoices: bodyChoices(deps) };
      if (!searched.success) {
        const none = { persons: [], nextAfter: null };
        render(res.status(400), 'register', { ...shared, list: none, notANumber: true });
        return;
      }
      const { nhsNumber } = searched.data;
      render(res, 'register', { ...shared, list: await findPerson(deps, nhsNumber, whoOf(res)), nhsNumber });
    })
    .get('/:key', async (req, res, next) => {
      const found = await readPerson(deps, PersonParameter.parse(req.params).key, whoOf(res));
      if (found.kind === 'unknown') return next(notFound('person'));
      if (found.kind === 'moved') return res.redirect(303, `/console/register/${found.to}`);
      render(res, 'person', { title: 'Person', person: found.person });
    });

const deliveryPages = (deps: AppDeps, render: Render): Router =>
  Router()
    .get('/', async (req, res) => {
      const query = DeliveryQuery.parse(req.query);
      const [list, bodies] = await Promise.all([listDeliveries(deps, query), deliveriesByBody(deps)]);
      const older = olderLink(query, list.nextBefore);
      const again = req.query.again === 'yes';
      const choices = bodyChoices(deps);
      render(res, 'deliveries', { title: 'Deliveries', list, query, bodies, bodyChoices: choices, older, again });
    })
    .post('/hand-over', async (req, res) => {
      const which = HandOver.parse(req.body);
      await handOverAgain(deps, which, whoOf(res));
      const to = which.delivery === undefined ? `?body=${which.body}&again=yes` : `/${which.delivery}?again=yes`;
      res.redirect(303, `/console/deliveries${to}`);
    })
    .get('/:id', async (req, res, next) => {
      const delivery = await readDelivery(deps, RowParameter.parse(req.params).id, whoOf(res));
      if (!delivery) return next(notFound('delivery'));
      render(res, 'delivery', { title: `Delivery ${delivery.id}`, delivery, again: req.query.again === 'yes' });
    });

const bodyChoices = ({ site, bodyName }: AppDeps) =>
  [...site.councils.map(({ gss }) => gss), ...site.icbs.map(({ ods }) => ods)].map((code) => ({
    value: code,
    text: bodyName?.(code) ?? code,
  }));

type Query = Record<string, string | number | undefined>;

const olderLink = (query: Query, before: string | null) => (before === null ? null : linkWith({ ...query, before }));
const moreLink = (query: Query, after: string | null) => (after === null ? null : linkWith({ ...query, after }));

function linkWith(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return `?${new URLSearchParams(given)}`;
}
