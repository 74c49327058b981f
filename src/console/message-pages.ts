import { Router } from 'express';
import { auditStore } from '../store/audit.js';
import { inboxStore } from '../store/inbox.js';
import { contentOf } from './content.js';
import type { AppDeps } from './deps.js';
import { olderLink } from './links.js';
import { listMessages, messagesNaming, readMessage } from './messages.js';
import { notFound } from './problem.js';
import { BreakGlass, MessageQuery, NhsNumberSearch, RowParameter } from './queries.js';
import type { Render } from './render.js';
import { whoOf } from './sign-in.js';

const NONE = { messages: [], nextBefore: null, whole: true };

/** The inbox: search, one message, and its content against a reason. */
export const messagePages = (deps: AppDeps, render: Render): Router =>
  Router()
    .get('/', async (req, res) => {
      const query = MessageQuery.parse(req.query);
      const list = await listMessages(deps, query);
      render(res, 'messages', { title: 'Messages', list, query, older: olderLink(query, list.nextBefore) });
    })
    .post('/search', async (req, res) => {
      const searched = NhsNumberSearch.safeParse(req.body);
      if (!searched.success) {
        render(res.status(400), 'messages', { title: 'Messages', list: NONE, query: {}, notANumber: true });
        return;
      }
      const { nhsNumber, before } = searched.data;
      const list = await messagesNaming(deps, nhsNumber, whoOf(res), before);
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
      const look = { who: name, role, action: 'content-seen', reason: given.data.reason };
      await auditStore(deps.pool).recordAll(
        [`message:${id}`, ...message.persons].map((subject) => ({ ...look, subject })),
      );
      const bytes = (await inboxStore(deps.pool).get(id))?.content;
      if (!bytes) return next(notFound('content of this message'));
      render(res, 'content', { title: `Message ${id}: content`, message, content: contentOf(bytes) });
    });
