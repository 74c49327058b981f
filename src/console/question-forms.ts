import type { QuestionKind } from '../register/entry.js';
import { FORMS } from './fact-forms.js';
import type { StatedKind } from './form-field.js';
import type { PersonView } from './register-schemas.js';

/** What can be recorded instead of an answer, or where there is none to choose from. */
const RECORDS: Partial<Record<QuestionKind, readonly StatedKind[]>> = {
  'which-council': ['council-determined'],
  'council-disputed': ['council-determined'],
  'which-icb': ['icb-determined'],
  'unmapped-code': ['council-determined', 'icb-determined'],
  'body-split': ['council-determined', 'icb-determined'],
  'legal-status-unclear': ['detention'],
  'history-unchecked': ['detention', 'history-checked'],
  'identity-conflict': ['identity-separated'],
  'stay-moved': ['detention', 'left-hospital'],
  'ending-proposed': ['aftercare-decision'],
  'ending-incomplete': ['aftercare-decision'],
  'death-unverified': ['died'],
  'leave-or-aftercare': ['left-hospital'],
  'registers-differ': ['register-entry', 'council-determined', 'icb-determined', 'detention', 'history-checked'],
  'body-objects': ['council-determined', 'icb-determined', 'reply'],
  'moved-abroad': ['council-determined'],
  'no-news-since-transfer': ['left-hospital', 'died'],
};

/** Questions that are settled too by taking back what they rest on. */
const BY_WITHDRAWING: ReadonlySet<QuestionKind> = new Set([
  'ending-proposed',
  'ending-incomplete',
  'identity-conflict',
  'stay-moved',
  'council-disputed',
  'registers-differ',
  'body-objects',
]);

type Asked = PersonView['openQuestions'][number];
export type QuestionView = Asked & {
  forms: { kind: StatedKind; title: string }[];
  withdrawable: { id: string; says: string }[];
};

/** An open question with every way to settle it. */
export function questionView(question: Asked, { facts }: Pick<PersonView, 'facts'>): QuestionView {
  const restsOn = BY_WITHDRAWING.has(question.kind) ? facts.filter(({ id }) => question.facts.includes(id)) : [];
  // What a sender told of the wrong person is taken back too; of a responsible body only what people said.
  const ofPeople = question.kind !== 'identity-conflict' && question.kind !== 'stay-moved';
  return {
    ...question,
    forms: (RECORDS[question.kind] ?? []).map((kind) => ({ kind, title: FORMS[kind].title })),
    withdrawable: restsOn
      .filter(({ withdrawn, messageId }) => withdrawn === null && !(ofPeople && messageId !== null))
      .map(({ id, says }) => ({ id, says })),
  };
}
