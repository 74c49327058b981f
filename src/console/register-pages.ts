import { Router } from 'express';
import { bodyChoices } from './body-pages.js';
import type { AppDeps } from './deps.js';
import { moreLink } from './links.js';
import { readPerson } from './person.js';
import { notFound } from './problem.js';
import { NhsNumberSearch, PersonParameter, QuestionQuery, RegisterQuery } from './queries.js';
import { listQuestions } from './questions.js';
import { findPerson, listPersons } from './register.js';
import type { Render } from './render.js';
import { whoOf } from './sign-in.js';

/** The register: who is on it, and one person with everything that leads to their place. */
export const registerPages = (deps: AppDeps, render: Render): Router =>
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
      render(res, 'person', { title: 'Person', person: found.person, timeline: found.timeline });
    });

/** What only a person may answer: the officers' list of work. */
export const questionPages = (deps: AppDeps, render: Render): Router =>
  Router().get('/', async (req, res) => {
    const query = QuestionQuery.parse(req.query);
    const list = await listQuestions(deps, query, whoOf(res));
    render(res, 'questions', { title: 'Questions', list, query, more: moreLink(query, list.nextAfter) });
  });
