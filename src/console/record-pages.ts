import express, { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { underKey } from '../flow/look-up.js';
import { ofWholeRegister } from '../flow/whole-register.js';
import { londonDay } from '../register/day.js';
import { auditStore } from '../store/audit.js';
import { entryStore } from '../store/entries.js';
import { personKeyStore } from '../store/person-keys.js';
import { consequencesOf } from './consequences.js';
import type { AppDeps, Who } from './deps.js';
import { isTooMuch, type Posted, postedIn, statedIn, TOO_MUCH, typedIn } from './fact-form.js';
import { FORM_GROUPS, FORMS } from './fact-forms.js';
import { factText, statedByText } from './fact-text.js';
import { STATED_KINDS } from './form-field.js';
import { type AboutPerson, formView, type Given } from './form-view.js';
import { messagesFor, summaryOf } from './form-words.js';
import { factsOf } from './person.js';
import { isProblem, notFound, type Problem, problem } from './problem.js';
import { PersonParameter } from './queries.js';
import { lastStated, recordOne, tryOne } from './recording.js';
import { nameText } from './register.js';
import type { Render } from './render.js';
import { mayChange, whoOf } from './sign-in.js';

/** A plan of many needs is the longest. */
const LIMIT = '64kb';
const Kind = z.object({ kind: z.enum(STATED_KINDS) });

/**
 * What people state of one person: a form, what would come of it, and only then the record. What was typed goes along
 * in the form from step to step and is nowhere else.
 */
export function recordPages(deps: AppDeps, render: Render): Router {
  const steps = formSteps(deps, render);
  return Router({ mergeParams: true })
    .use(mayChange, express.urlencoded({ extended: false, limit: LIMIT }))
    .get('/', async (req, res, next) => {
      const person = await seenPerson(deps, req, whoOf(res));
      if (isProblem(person)) return next(person);
      const groups = FORM_GROUPS.map(({ title, kinds }) => ({
        title,
        forms: kinds.map((kind) => ({ kind, ...FORMS[kind] })),
      }));
      render(res, 'record', { title: 'Record a fact', person, groups });
    })
    .get('/:kind', async (req, res, next) => {
      const { kind } = Kind.parse(req.params);
      const person = await seenPerson(deps, req, whoOf(res));
      if (isProblem(person)) return next(person);
      const given = { kind, posted: await begun(deps, req, whoOf(res)) };
      const trouble = await steps.form(res, await withFact(person, given, deps), given);
      if (trouble) next(trouble);
    })
    .post('/:kind', async (req, res, next) => {
      const given = { ...Kind.parse(req.params), posted: postedIn(req.body) };
      const person = await seenPerson(deps, req, whoOf(res));
      if (isProblem(person)) return next(person);
      const step = typedIn(given.posted, 'step');
      const answer = step === 'record' ? steps.record : /^(?:change|more-)/.test(step) ? steps.form : steps.check;
      const trouble = await answer(res, await withFact(person, given, deps), given);
      if (trouble) next(trouble);
    });
}

/** Each step answers with a page, or says why it cannot. */
function formSteps(deps: AppDeps, render: Render) {
  const form = (res: Response, person: AboutPerson, given: Given): Problem | null => {
    const view = formView(person, given, deps);
    if (isProblem(view)) return view;
    render(res, 'record-form', { title: FORMS[given.kind].title, person, form: view });
    return null;
  };
  const statementOf = ({ entry }: AboutPerson, { kind, posted }: Given) => ({
    stated: statedIn(kind, posted, entry.nhsNumber),
    localIds: entry.nhsNumber === null ? entry.localIds : [],
  });

  const check = async (res: Response, person: AboutPerson, given: Given): Promise<Problem | null> => {
    const view = formView(person, given, deps);
    if (isProblem(view)) return view;
    const tried = await tryOne(deps, statementOf(person, given));
    if (tried.kind === 'rebuilding') return rebuilding;
    if (tried.kind === 'mistakes')
      return form(res.status(400), person, { ...given, mistakes: messagesFor(tried.mistakes, given) });
    // A number was typed, and whoever has it is shown by name.
    const others = tried.after.map(({ personKey }) => personKey).filter((key) => key !== person.key);
    await recordSeen(deps, whoOf(res), others);
    render(res, 'record-check', {
      title: `Check: ${FORMS[given.kind].title}`,
      person,
      kind: given.kind,
      heading: FORMS[given.kind].title,
      about: view.about,
      summary: summaryOf(person, given, deps),
      hidden: [...given.posted].filter(([name]) => name !== 'step'),
      after: consequencesOf(tried, person.key, deps),
    });
    return null;
  };

  /** Nothing that was typed may fall away. */
  const whole =
    (step: typeof check) =>
    async (res: Response, person: AboutPerson, given: Given): Promise<Problem | null> =>
      isTooMuch(given.posted)
        ? form(res.status(400), person, { ...given, mistakes: new Map([['needs', TOO_MUCH]]) })
        : step(res, person, given);

  const record = async (res: Response, person: AboutPerson, given: Given): Promise<Problem | null> => {
    const done = await recordOne(deps, statementOf(person, given), whoOf(res));
    if (done.kind === 'mistakes')
      return form(res.status(400), person, { ...given, mistakes: messagesFor(done.mistakes, given) });
    const said = done.facts[0]?.outcome ?? 'known';
    res.redirect(303, `/console/register/${done.facts[0]?.personKey ?? person.key}?said=${said}`);
    return null;
  };
  return { form: whole(async (...given) => form(...given)), check: whole(check), record: whole(record) };
}

const rebuilding = problem(
  503,
  'the register is being rebuilt',
  'wait until it is: what would come of the fact cannot be shown before',
);

/** Whom the form is about. The look is recorded before it is given. */
async function seenPerson(deps: AppDeps, req: Request, who: Who): Promise<AboutPerson | Problem> {
  const { pool, tables, now = () => new Date() } = deps;
  const { key } = PersonParameter.parse(req.params);
  const current = await personKeyStore(pool).currentKey(key);
  if (current === null) return notFound('person');
  const row = await ofWholeRegister(pool, () => entryStore(pool).get(current));
  const { personKey, entry } = row ?? (await underKey(current, londonDay(now().toISOString()), { pool, ...tables }));
  await recordSeen(deps, who, [personKey]);
  return { key: personKey, name: nameText(entry.name), entry, fact: null };
}

async function recordSeen({ pool }: Pick<AppDeps, 'pool'>, { name: who, role }: Who, keys: readonly string[]) {
  const look = { who, role, action: 'person-seen', reason: null };
  await auditStore(pool).recordAll(keys.map((subject) => ({ ...look, subject })));
}

/** With the statement that is to be withdrawn, in words. */
async function withFact(person: AboutPerson, { kind, posted }: Given, deps: AppDeps): Promise<AboutPerson> {
  if (kind !== 'withdrawn') return person;
  const facts = await factsOf({ personKey: person.key, entry: person.entry }, deps);
  const named = facts.find(({ fact }) => fact.id === typedIn(posted, 'fact'));
  return { ...person, fact: named ? `${factText(named.fact)} (${statedByText(named.fact)})` : null };
}

/** A fresh form: what it began at, and who stated the last fact that this user recorded this shift. */
async function begun(deps: AppDeps, req: Request, who: Who): Promise<Posted> {
  const by = Object.entries((await lastStated(deps, who)) ?? {}).map(([name, value]) => [`statedBy.${name}`, value]);
  const from = ['question', 'fact'].map((name) => [name, String(req.query[name] ?? '')]);
  return postedIn(Object.fromEntries([...by, ...from]));
}
