import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Response } from 'express';
import nunjucks from 'nunjucks';
import { penceOf } from '../register/charged.js';
import { COUNTED } from '../store/overview.js';
import { NHSUK } from './assets.js';
import { ageText, dayText, hourText, inWords, momentText, nhsNumberText, whenTrueText } from './clock.js';
import type { AppDeps, Who } from './deps.js';
import { moneyText } from './money.js';
import { type NameOf, withNames } from './names.js';
import { wording } from './wording.js';

// Two folders up from src/console and from dist/console alike.
const VIEWS = fileURLToPath(new URL('../../src/console/views/', import.meta.url));

export type View =
  | 'sign-in'
  | 'overview'
  | 'messages'
  | 'message'
  | 'content'
  | 'register'
  | 'person'
  | 'record'
  | 'record-form'
  | 'record-check'
  | 'questions'
  | 'due'
  | 'charges'
  | 'bodies'
  | 'body'
  | 'deliveries'
  | 'delivery'
  | 'audit'
  | 'error';
export type Render = (res: Response, view: View, model: object) => void;

/** Renders a page into a response. Everything is escaped; a page is never kept by a cache: it may show a person. */
export function renderer({ site, token, bodyName, now = () => new Date() }: AppDeps): Render {
  const views = new nunjucks.Environment(new nunjucks.FileSystemLoader([VIEWS, NHSUK]), {
    autoescape: true,
    trimBlocks: true,
    lstripBlocks: true,
  });
  const nameOf: NameOf = (code) => site.senders.find(({ ods }) => ods === code)?.name ?? bodyName?.(code) ?? null;
  views.addFilter('moment', momentText);
  views.addFilter('whenTrue', whenTrueText);
  views.addFilter('day', dayText);
  views.addFilter('inWords', (text: string) => withNames(inWords(text), nameOf));
  views.addFilter('hour', hourText);
  views.addFilter('nhs', nhsNumberText);
  views.addFilter('age', (instant: string) => ageText(instant, now()));
  views.addFilter('bodyName', (code: string) => bodyName?.(code) ?? null);
  views.addFilter('counted', countText);
  views.addFilter('number', (count: number) => count.toLocaleString('en-GB'));
  views.addFilter('money', moneyText);
  views.addFilter('pounds', (amount: string) => moneyText(penceOf(amount)));
  views.addFilter('pretty', (value: unknown) => JSON.stringify(value, null, 2));
  views.addGlobal('wording', wording);
  compileAll(views, site);
  return (res, view, model) => {
    const who = res.locals.who as Who | undefined;
    const page = views.render(`${view}.njk`, {
      site,
      who,
      canSignOut: token !== null,
      canChange: who?.role !== 'auditor',
      view,
      ...model,
    });
    res.set('Cache-Control', 'no-store').type('html').send(page);
  };
}

/** Now and not at the first request for each: whoever opens a page first would wait for it. */
function compileAll(views: nunjucks.Environment, site: AppDeps['site']): void {
  for (const file of readdirSync(VIEWS)) views.getTemplate(file, true);
  // This page has all of the components that are not ours, and they are compiled as they are used.
  views.render('sign-in.njk', { site, view: 'sign-in' });
}

/** Beyond ten thousand nothing is counted: a page must not read a large table for a figure. */
const countText = (count: number): string => {
  const text = Math.min(count, COUNTED - 1).toLocaleString('en-GB');
  return count < COUNTED ? text : `${text}+`;
};
