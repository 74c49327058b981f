import type { Mistake } from '../flow/state.js';
import { dayText } from './clock.js';
import type { AppDeps } from './deps.js';
import { needsIn, type PostedNeed, typedIn } from './fact-form.js';
import { FORMS } from './fact-forms.js';
import { type Field, STATED_BY } from './form-field.js';
import { type AboutPerson, choicesOf, type Given, optionText } from './form-view.js';
import { wording } from './wording.js';

const MISSING: Partial<Record<Field['as'], string>> = {
  day: 'enter a day',
  choice: 'choose one',
  'yes-no': 'choose yes or no',
  council: 'enter the code of a council',
  icb: 'enter the code of an ICB',
  section: 'choose one',
  number: 'enter ten digits',
  money: 'enter an amount such as 120.50',
};

/** The mistakes of a fact as messages for the fields of its form: one a field. */
export function messagesFor(mistakes: readonly Mistake[], { kind, posted }: Given): Map<string, string> {
  const fields = [...FORMS[kind].fields, ...STATED_BY];
  const messages = new Map<string, string>();
  for (const { field: path, text } of mistakes) {
    const field = fields.find(({ name }) => path === name || path.startsWith(`${name}.`));
    const name = field?.as === 'needs' ? path : (field?.name ?? path);
    const isMissing = field !== undefined && field.as !== 'needs' && typedIn(posted, name) === '';
    const what = isMissing ? (MISSING[field.as] ?? 'enter a few words') : text;
    if (!messages.has(name)) messages.set(name, message(field?.label ?? 'The fact', what));
  }
  return messages;
}

/** `Decided on: enter a day`; `Who decided? Choose one`. */
const message = (label: string, what: string): string =>
  label.endsWith('?') ? `${label} ${wording.sentence(what)}` : `${label}: ${what}`;

type Line = { label: string; lines: string[] };

/** The fact in words, for a last look. What was left empty is not in it. */
export function summaryOf(person: AboutPerson, given: Given, deps: AppDeps): Line[] {
  const line = (field: Field, label: string): Line => ({ label, lines: wordsOf(field, person, given, deps) });
  const by = STATED_BY.map((field) => line(field, `Stated by: ${field.label.toLowerCase()}`));
  return [
    ...FORMS[given.kind].fields.filter(({ as }) => as !== 'hidden').map((field) => line(field, field.label)),
    ...by,
  ].filter(({ lines }) => lines.length > 0);
}

function wordsOf(field: Field, { entry }: AboutPerson, given: Given, deps: AppDeps): string[] {
  if (field.as === 'needs') return needsIn(given.posted).map(needText);
  const choices = choicesOf(field, entry, given, deps);
  const values = (given.posted.get(field.name) ?? []).map((value) => value.trim()).filter((value) => value !== '');
  return values.map((value) => {
    if (field.as === 'day') return dayText(value);
    if (field.as === 'council' || field.as === 'icb') return optionText(value.toUpperCase(), deps);
    if (field.as === 'yes-no') return wording.sentence(value);
    return choices.find((choice) => choice.value === value)?.text ?? value;
  });
}

const needText = ({ text, services }: PostedNeed): string =>
  [
    text,
    ...services.map(({ text: service, provider, fundedBy }) =>
      [service, provider, fundedBy && wording.funded(fundedBy)].filter(Boolean).join(', '),
    ),
  ].join(' – ');
