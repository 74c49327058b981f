import type { Entry } from '../register/entry.js';
import { bodyChoices } from './body-pages.js';
import type { AppDeps } from './deps.js';
import { needsIn, type Posted, type PostedNeed, typedIn } from './fact-form.js';
import { FORMS } from './fact-forms.js';
import { type Choice, type Field, STATED_BY, type StatedKind } from './form-field.js';
import { type Problem, problem } from './problem.js';
import { wording } from './wording.js';

/** `fact`: what is to be withdrawn, in words. */
export type AboutPerson = { key: string; name: string | null; entry: Entry; fact: string | null };

/** What was typed, and the message for each field with a mistake. */
export type Given = { kind: StatedKind; posted: Posted; mistakes?: ReadonlyMap<string, string> };

type FieldView = Field & { id: string; value: string; values: readonly string[]; wrong: string | null };
type FormView = {
  kind: StatedKind;
  title: string;
  when: string;
  /** The question that is answered, or the statement that is withdrawn. */
  about: string | null;
  fields: FieldView[];
  statedBy: FieldView[];
  needs: PostedNeed[];
  wrong: { href: string; text: string }[];
  wrongAt: Record<string, string>;
};

/** A form with what was typed so far; a problem where what it is about is no longer there. */
export function formView({ entry, fact }: AboutPerson, given: Given, deps: AppDeps): FormView | Problem {
  const { kind, posted, mistakes = new Map<string, string>() } = given;
  const question = kind === 'answer' ? entry.questions.find(({ id }) => id === typedIn(posted, 'question')) : undefined;
  if (kind === 'answer' && (question?.options ?? []).length === 0) return notOpen;
  if (kind === 'withdrawn' && fact === null) return nothingNamed;
  const view = (field: Field): FieldView => ({
    ...field,
    choices: choicesOf(field, entry, given, deps),
    id: idOf(field.name),
    value: typedIn(posted, field.name),
    values: posted.get(field.name) ?? [],
    wrong: mistakes.get(field.name) ?? null,
  });
  const { title, when, fields } = FORMS[kind];
  return {
    kind,
    title: question ? wording.question(question.kind) : title,
    when,
    about: question?.text ?? fact,
    fields: fields.map(view),
    statedBy: STATED_BY.map(view),
    needs: withRoom(needsIn(posted), typedIn(posted, 'step')),
    wrong: [...mistakes].map(([name, text]) => ({ href: `#${idOf(name)}`, text })),
    wrongAt: Object.fromEntries(mistakes),
  };
}

const notOpen = problem(
  409,
  'this question is not open, or has no answers to choose from',
  'look at the person again: somebody may have answered it, or a new message settled it',
);
const nothingNamed = problem(
  400,
  'no statement of this person is named',
  'choose it on the page of the person, in what is known',
);

/** An id that CSS and an address can name. */
const idOf = (name: string): string => name.replaceAll('.', '-');

/** One empty service below each need, and another need where one was asked for. */
function withRoom(needs: readonly PostedNeed[], step: string): PostedNeed[] {
  const shown = needs.length === 0 || step === 'more-needs' ? [...needs, { text: '', services: [] }] : needs;
  return shown.map((need) => ({ ...need, services: [...need.services, { text: '', provider: '', fundedBy: '' }] }));
}

/** What there is to choose from: some of it comes from the person, and some from the tables of the site. */
export function choicesOf(field: Field, entry: Entry, { posted }: Given, deps: AppDeps): readonly Choice[] {
  if (field.name === 'option') {
    const question = entry.questions.find(({ id }) => id === typedIn(posted, 'question'));
    return (question?.options ?? []).map((value) => ({ value, text: optionText(value, deps) }));
  }
  if (field.as === 'section') return legalStatuses(deps);
  if (field.as === 'council' || field.as === 'icb') return bodyChoices(deps, field.as);
  return field.choices ?? [];
}

const legalStatuses = ({ tables }: AppDeps): Choice[] =>
  tables.mappings.codes.legalStatuses.map(({ system, code, text }) => ({
    value: `${system}|${code}`,
    text: `${text} (${code}${/Wales$/.test(system) ? ', Wales' : ''})`,
  }));

/** A body by name and code; any other option in words. */
export function optionText(option: string, { bodyName }: Pick<AppDeps, 'bodyName'>): string {
  const name = bodyName?.(option);
  return name ? `${name} (${option})` : wording.option(option);
}
