import express, { Router } from 'express';
import { handOverAgain, listDeliveries, readDelivery } from './deliveries.js';
import type { AppDeps } from './deps.js';
import { listMessages, messagesNaming, readMessage } from './messages.js';
import { openApi } from './openapi.js';
import { overviewOf } from './overview.js';
import { readPerson } from './person.js';
import { notFound } from './problem.js';
import { findPerson, listPersons } from './register.js';
import {
  DeliveryQuery,
  HandOver,
  MessageQuery,
  NhsNumberSearch,
  PersonParameter,
  RegisterQuery,
  RowParameter,
} from './schemas.js';
import { whoOf } from './sign-in.js';

/** The console's data as JSON. */
export function apiRoutes(deps: AppDeps): Router {
  const now = deps.now ?? (() => new Date());
  return Router()
    .get('/openapi.json', (_req, res) => {
      res.json(openApi());
    })
    .use('/api', express.json({ limit: '8kb' }), (_req, res, next) => {
      res.set('Cache-Control', 'no-store');
      next();
    })
    .get('/api/overview', async (_req, res) => {
      res.json(await overviewOf(deps, now()));
    })
    .use('/api/messages', messages(deps))
    .use('/api/register', register(deps))
    .use('/api/deliveries', deliveries(deps));
}

const messages = (deps: AppDeps): Router =>
  Router()
    .get('/', async (req, res) => {
      res.json(await listMessages(deps, MessageQuery.parse(req.query)));
    })
    .post('/search', async (req, res) => {
      const { nhsNumber, before } = NhsNumberSearch.parse(req.body);
      res.json(await messagesNaming(deps, nhsNumber, before));
    })
    .get('/:id', async (req, res, next) => {
      const message = await readMessage(deps, RowParameter.parse(req.params).id);
      if (!message) return next(notFound('message'));
      res.json(message);
    });

const register = (deps: AppDeps): Router =>
  Router()
    .get('/', async (req, res) => {
      res.json(await listPersons(deps, RegisterQuery.parse(req.query), whoOf(res)));
    })
    .post('/search', async (req, res) => {
      res.json(await findPerson(deps, NhsNumberSearch.parse(req.body).nhsNumber, whoOf(res)));
    })
    .get('/:key', async (req, res, next) => {
      const found = await readPerson(deps, PersonParameter.parse(req.params).key, whoOf(res));
      if (found.kind === 'unknown') return next(notFound('person'));
      if (found.kind === 'moved') return res.redirect(303, `/api/register/${found.to}`);
      res.json(found.person);
    });

const deliveries = (deps: AppDeps): Router =>
  Router()
    .get('/', async (req, res) => {
      res.json(await listDeliveries(deps, DeliveryQuery.parse(req.query)));
    })
    .post('/hand-over', async (req, res) => {
      res.json({ handedOver: await handOverAgain(deps, HandOver.parse(req.body), whoOf(res)) });
    })
    .get('/:id', async (req, res, next) => {
      const delivery = await readDelivery(deps, RowParameter.parse(req.params).id, whoOf(res));
      if (!delivery) return next(notFound('delivery'));
      res.json(delivery);
    });
