import express, { Router } from 'express';
import { sealStore } from '../store/seals.js';
import { listBodies, pauseBody, readBody, resumeBody } from './bodies.js';
import { listCharges } from './charges.js';
import { handOverAgain, listDeliveries, readDelivery } from './deliveries.js';
import type { AppDeps } from './deps.js';
import { listDue } from './due.js';
import { factRoutes } from './fact-routes.js';
import { listLooks } from './looks.js';
import { listMessages, messagesNaming, readMessage } from './messages.js';
import { openApi } from './openapi.js';
import { overviewOf } from './overview.js';
import { readPerson } from './person.js';
import { notFound, nothingKnownThen } from './problem.js';
import {
  AuditQuery,
  BodyParameter,
  ChargeQuery,
  DeliveryQuery,
  DueQuery,
  HandOver,
  MessageQuery,
  NhsNumberSearch,
  PauseReason,
  PersonParameter,
  QuestionQuery,
  RegisterQuery,
  RowParameter,
  ThenQuery,
} from './queries.js';
import { listQuestions } from './questions.js';
import { findPerson, listPersons } from './register.js';
import { listRegisterChecks } from './register-checks.js';
import { mayChange, whoOf } from './sign-in.js';
import { askedThen, thenLink } from './then.js';

/** The console's data as JSON. */
export function apiRoutes(deps: AppDeps): Router {
  const now = deps.now ?? (() => new Date());
  return Router()
    .get('/openapi.json', (_req, res) => {
      res.json(openApi());
    })
    .use('/api/facts', factRoutes(deps))
    .use('/api', express.json({ limit: '8kb' }), (_req, res, next) => {
      res.set('Cache-Control', 'no-store');
      next();
    })
    .get('/api/overview', async (_req, res) => {
      res.json(await overviewOf(deps, now()));
    })
    .use('/api/messages', messages(deps))
    .use('/api/register', register(deps))
    .get('/api/questions', async (req, res) => {
      res.json(await listQuestions(deps, QuestionQuery.parse(req.query), whoOf(res)));
    })
    .get('/api/due', async (req, res) => {
      res.json(await listDue(deps, DueQuery.parse(req.query), whoOf(res)));
    })
    .get('/api/charges', async (req, res) => {
      res.json(await listCharges(deps, ChargeQuery.parse(req.query), whoOf(res)));
    })
    .get('/api/audit', async (req, res) => {
      res.json(await listLooks(deps, AuditQuery.parse(req.query)));
    })
    .get('/api/seals/head', async (_req, res) => {
      res.json(await sealStore(deps.pool).head());
    })
    .use('/api/bodies', bodies(deps))
    .use('/api/deliveries', deliveries(deps));
}

const messages = (deps: AppDeps): Router =>
  Router()
    .get('/', async (req, res) => {
      res.json(await listMessages(deps, MessageQuery.parse(req.query)));
    })
    .post('/search', async (req, res) => {
      const { nhsNumber, before } = NhsNumberSearch.parse(req.body);
      res.json(await messagesNaming(deps, nhsNumber, whoOf(res), before));
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
      const asked = askedThen(ThenQuery.parse(req.query), deps.now?.() ?? new Date());
      const found = await readPerson(deps, { key: PersonParameter.parse(req.params).key, who: whoOf(res), asked });
      if (found.kind === 'unknown') return next(notFound('person'));
      if (found.kind === 'unknown-then') return next(nothingKnownThen);
      if (found.kind === 'moved') return res.redirect(303, `/api/register/${found.to}${thenLink(asked)}`);
      res.json(found.person);
    });

const bodies = (deps: AppDeps): Router =>
  Router()
    .get('/', async (_req, res) => {
      res.json({ bodies: await listBodies(deps) });
    })
    .get('/:code', async (req, res, next) => {
      const body = await readBody(deps, BodyParameter.parse(req.params).code);
      if (!body) return next(notFound('council or ICB'));
      res.json(body);
    })
    .get('/:code/registers', async (req, res) => {
      res.json(await listRegisterChecks(deps, BodyParameter.parse(req.params).code));
    })
    .post('/:code/pause', mayChange, async (req, res, next) => {
      const { code } = BodyParameter.parse(req.params);
      const { reason } = PauseReason.parse(req.body);
      if (!(await readBody(deps, code))) return next(notFound('council or ICB'));
      await pauseBody(deps, code, reason, whoOf(res));
      res.json(await readBody(deps, code));
    })
    .post('/:code/resume', mayChange, async (req, res, next) => {
      const { code } = BodyParameter.parse(req.params);
      await resumeBody(deps, code, whoOf(res));
      const body = await readBody(deps, code);
      if (!body) return next(notFound('council or ICB'));
      res.json(body);
    });

const deliveries = (deps: AppDeps): Router =>
  Router()
    .get('/', async (req, res) => {
      res.json(await listDeliveries(deps, DeliveryQuery.parse(req.query)));
    })
    .post('/hand-over', mayChange, async (req, res) => {
      res.json({ handedOver: await handOverAgain(deps, HandOver.parse(req.body), whoOf(res)) });
    })
    .get('/:id', async (req, res, next) => {
      const delivery = await readDelivery(deps, RowParameter.parse(req.params).id, whoOf(res));
      if (!delivery) return next(notFound('delivery'));
      res.json(delivery);
    });
