import { Router } from 'express';
import { londonDay } from '../register/day.js';
import { CLOCK_KINDS } from '../register/entry.js';
import { bodyChoices } from './body-pages.js';
import { listCharges } from './charges.js';
import { chargeDrawing } from './charges-drawing.js';
import type { AppDeps } from './deps.js';
import { listDue } from './due.js';
import { linkWith, moreLink } from './links.js';
import { readPerson } from './person.js';
import { notFound, nothingKnownThen } from './problem.js';
import {
  ChargeQuery,
  DueQuery,
  NhsNumberSearch,
  PersonParameter,
  QuestionQuery,
  RegisterQuery,
  ThenQuery,
} from './queries.js';
import { questionView } from './question-forms.js';
import { listQuestions } from './questions.js';
import { lastStated } from './recording.js';
import { findPerson, listPersons } from './register.js';
import type { Render } from './render.js';
import { whoOf } from './sign-in.js';
import { askedThen, thenLink } from './then.js';
import { wording } from './wording.js';

/** Of one person, the largest; the others are on the person's page. */
const CHARGES_SHOWN = 5;
const SAID = ['recorded', 'known', 'withdrawn'] as const;

/** The register: who is on it, and one person with everything that leads to their place. */
export const registerPages = (deps: AppDeps, render: Render): Router => {
  const now = deps.now ?? (() => new Date());
  return Router()
    .get('/', async (req, res) => {
      const query = RegisterQuery.parse(req.query);
      const list = await listPersons(deps, query, whoOf(res));
      const more = moreLink(query, list.nextAfter);
      const asked = askedThen(query, now());
      const shared = { title: 'Register', bodyChoices: bodyChoices(deps) };
      render(res, 'register', { ...shared, list, query, more, asked, thenLink: thenLink(asked) });
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
      const who = whoOf(res);
      const asked = askedThen(ThenQuery.parse(req.query), now());
      const found = await readPerson(deps, { key: PersonParameter.parse(req.params).key, who, asked });
      if (found.kind === 'unknown') return next(notFound('person'));
      if (found.kind === 'unknown-then') return next(nothingKnownThen);
      if (found.kind === 'moved') return res.redirect(303, `/console/register/${found.to}${thenLink(asked)}`);
      const { person, timeline } = found;
      const canState = asked === null && who.role !== 'auditor';
      render(res, 'person', {
        title: 'Person',
        person,
        timeline,
        asked,
        canState,
        questions: person.openQuestions.map((question) => questionView(question, person)),
        statedBy: canState ? await lastStated(deps, who) : null,
        opened: req.query.question,
        said: SAID.find((word) => word === req.query.said),
      });
    });
};

/** What only a person may answer: the officers' list of work. */
export const questionPages = (deps: AppDeps, render: Render): Router =>
  Router().get('/', async (req, res) => {
    const query = QuestionQuery.parse(req.query);
    const list = await listQuestions(deps, query, whoOf(res));
    const { kind: _, after: __, ...others } = query;
    render(res, 'questions', {
      title: 'Questions',
      list,
      query,
      more: moreLink(query, list.nextAfter),
      kindLink: (kind?: string) => linkWith({ ...others, kind }),
      councils: bodyChoices(deps, 'council'),
      icbs: bodyChoices(deps, 'icb'),
    });
  });

/** What is due and overdue, for whoever arranges reviews and chases what is late. */
export const duePages = (deps: AppDeps, render: Render): Router =>
  Router().get('/', async (req, res) => {
    const query = DueQuery.parse(req.query);
    const list = await listDue(deps, query, whoOf(res));
    const more = moreLink(query, list.nextAfter);
    const kindChoices = CLOCK_KINDS.map((kind) => ({ value: kind, text: wording.clock(kind) }));
    render(res, 'due', { title: 'Due', list, query, more, kindChoices, bodyChoices: bodyChoices(deps) });
  });

/** What people were charged while aftercare was owed, for whoever looks into what must be given back. */
export const chargePages = (deps: AppDeps, render: Render): Router =>
  Router().get('/', async (req, res) => {
    const query = ChargeQuery.parse(req.query);
    const list = await listCharges(deps, query, whoOf(res));
    const today = londonDay((deps.now?.() ?? new Date()).toISOString());
    const { kind: _, after: __, ...others } = query;
    render(res, 'charges', {
      title: 'Charges',
      list,
      query,
      shown: CHARGES_SHOWN,
      drawing: chargeDrawing(list.months, today),
      more: moreLink(query, list.nextAfter),
      kindLink: (kind?: string) => linkWith({ ...others, kind }),
      bodyChoices: bodyChoices(deps),
    });
  });
