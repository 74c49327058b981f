import type { Decision, EvidenceOfDetention, Found, Outcome, ReviewOutcome } from '../register/stated-words.js';
import { ATTENDED, choices, REASONS, STANDING } from './fact-choices.js';
import type { Choice, Form, StatedKind } from './form-field.js';

/** What each kind asks. Who states it is asked by every form. */
export const FORMS: Record<StatedKind, Form> = {
  'council-determined': {
    title: 'Which council is responsible',
    when: 'Somebody who may decide it has decided which council answers, or that it is disputed.',
    fields: [
      { name: 'council', label: 'Council', as: 'council' },
      { name: 'effectiveOn', label: 'From which day', as: 'day' },
      { name: 'standing', label: 'How sure is it?', as: 'choice', choices: STANDING },
      {
        name: 'basis',
        label: 'On what ground',
        as: 'text',
        optional: true,
        hint: 'Such as: ordinarily resident before detention. Mental Health Act 1983 s117(3).',
      },
    ],
  },
  'icb-determined': {
    title: 'Which ICB is responsible',
    when: 'Somebody who may decide it has decided which ICB answers, or that it is disputed.',
    fields: [
      { name: 'icb', label: 'ICB', as: 'icb' },
      { name: 'effectiveOn', label: 'From which day', as: 'day' },
      { name: 'standing', label: 'How sure is it?', as: 'choice', choices: STANDING },
      { name: 'basis', label: 'On what ground', as: 'text', optional: true },
    ],
  },
  detention: {
    title: 'A detention',
    when: 'Papers or people say of a detention that no message has brought: an old one, or one elsewhere.',
    fields: [
      { name: 'section', label: 'Legal status', as: 'section' },
      { name: 'from', label: 'First day', as: 'day' },
      { name: 'to', label: 'Last day', as: 'day', optional: true, hint: 'Leave it empty while it goes on.' },
      {
        name: 'certainty',
        label: 'How is it known?',
        as: 'choice',
        choices: choices({
          'papers-seen': 'The papers were seen',
          'record-seen': 'An entry in a record was seen',
          reported: 'A body’s own register or letter says so',
          'reported-by-family': 'The person or the family remembers it: a person weighs it before it counts',
        } satisfies Partial<Record<EvidenceOfDetention, string>> & Record<'reported-by-family', string>),
      },
    ],
  },
  'left-hospital': {
    title: 'Left hospital',
    when: 'The person left hospital, and no message says so.',
    fields: [{ name: 'on', label: 'On which day', as: 'day' }],
  },
  'history-checked': {
    title: 'The history was checked',
    when: 'Somebody looked for earlier detentions under a qualifying section.',
    fields: [
      { name: 'on', label: 'On which day', as: 'day' },
      {
        name: 'found',
        label: 'What was found?',
        as: 'choice',
        choices: [
          { value: 'no-qualifying-detention', text: 'No qualifying detention' },
          { value: 'qualifying-detention', text: 'A qualifying detention', hint: 'Record the detention as well.' },
        ] satisfies (Choice & { value: Found })[],
      },
      {
        name: 'sources',
        label: 'Where it was looked',
        as: 'lines',
        hint: 'One a line: the records and archives that were searched.',
      },
    ],
  },
  'register-entry': {
    title: 'What a body’s own register says',
    when: 'Somebody looked the person up in the register of a council, an ICB or a trust. The newest of each body counts.',
    fields: [
      {
        name: 'body',
        label: 'Whose register?',
        as: 'choice',
        choices: [
          { value: 'council', text: 'A council’s' },
          { value: 'icb', text: 'An ICB’s' },
          { value: 'trust', text: 'A trust’s' },
        ],
        hint: 'Which one it is is said by the organisation below: by its code, so that it is known again.',
      },
      { name: 'on', label: 'On which day did it say so?', as: 'day' },
      {
        name: 'status',
        label: 'What does it say?',
        as: 'choice',
        choices: [
          { value: 'active', text: 'Aftercare is owed' },
          { value: 'prospective', text: 'In hospital; aftercare is being planned' },
          { value: 'ended', text: 'Aftercare has ended', hint: 'Nothing ends here by it: both bodies decide that.' },
          { value: 'none', text: 'The person is not in it', hint: 'Nothing ends here by it.' },
          { value: 'died', text: 'The person has died' },
        ],
      },
      { name: 'from', label: 'Aftercare from', as: 'day', optional: true },
      { name: 'to', label: 'Aftercare to', as: 'day', optional: true },
      { name: 'council', label: 'Council', as: 'council', optional: true },
      { name: 'icb', label: 'ICB', as: 'icb', optional: true },
      { name: 'caseId', label: 'Its own number for the person', as: 'text', optional: true },
    ],
  },
  reply: {
    title: 'What a body answered',
    when: 'A council or an ICB has answered to what it was told: by telephone, by letter, or in a meeting.',
    fields: [
      {
        name: 'body',
        label: 'Who answered?',
        as: 'choice',
        choices: [
          { value: 'council', text: 'A council' },
          { value: 'icb', text: 'An ICB' },
        ],
        hint: 'Which one it is is said by the organisation below: by its code, so that it is known again.',
      },
      { name: 'on', label: 'On which day?', as: 'day' },
      {
        name: 'outcome',
        label: 'What did it answer?',
        as: 'choice',
        choices: choices({
          accepted: 'It has taken it up',
          'accepted-responsibility-disputed': 'It has taken it up, and disputes that it is responsible',
          rejected: 'It rejects it',
        } satisfies Record<Outcome, string>).map((choice) =>
          choice.value === 'accepted' ? choice : { ...choice, hint: 'Nothing ends here by it: it is asked about.' },
        ),
      },
      { name: 'reason', label: 'Why', as: 'area', optional: true, hint: 'Needed where it rejects it.' },
      { name: 'caseId', label: 'Its own number of the case', as: 'text', optional: true },
    ],
  },
  plan: {
    title: 'The aftercare plan',
    when: 'A plan was agreed. The plan agreed last is the one that holds.',
    fields: [
      { name: 'agreedOn', label: 'Agreed on', as: 'day' },
      { name: 'lead.name', label: 'Lead: name', as: 'text', optional: true },
      { name: 'lead.role', label: 'Lead: role', as: 'text', optional: true, hint: 'Such as: care coordinator.' },
      { name: 'needs', label: 'Needs and services', as: 'needs', optional: true },
      { name: 'reviewDue', label: 'Review due on', as: 'day', optional: true },
      { name: 'crisisPlan', label: 'Crisis plan: whom to ring, and when', as: 'area', optional: true },
      { name: 'participants', label: 'Who took part', as: 'lines', hint: 'One a line.', optional: true },
      {
        name: 'accommodation.meetsNeed',
        label: 'Is the accommodation part of the aftercare?',
        as: 'yes-no',
        hint: 'It is where it meets a need that arises from the disorder.',
        optional: true,
      },
      { name: 'accommodation.because', label: 'Why the accommodation is, or is not', as: 'area', optional: true },
      { name: 'copyGivenOn', label: 'A copy was given to the person on', as: 'day', optional: true },
    ],
  },
  review: {
    title: 'A review',
    when: 'A review was held.',
    fields: [
      { name: 'heldOn', label: 'Held on', as: 'day' },
      { name: 'attended', label: 'Who was there', as: 'checks', choices: ATTENDED },
      {
        name: 'outcome',
        label: 'What came of it?',
        as: 'choice',
        choices: choices({
          continue: 'Aftercare goes on as planned',
          'follow-up': 'It was the first contact after leaving hospital, and no review yet',
          'plan-changed': 'Aftercare goes on, and the plan changes',
          'ending-proposed': 'It is proposed that aftercare ends: each body’s decision is recorded by itself',
        } satisfies Record<ReviewOutcome, string>),
      },
      { name: 'nextDue', label: 'Next review due on', as: 'day', optional: true },
    ],
  },
  charge: {
    title: 'A charge',
    when: 'The person is or was charged for care. Section 117 aftercare is free.',
    fields: [
      { name: 'for', label: 'For what', as: 'text', hint: 'Such as: residential care.' },
      { name: 'amountPerWeek', label: 'Amount a week in pounds', as: 'money', hint: 'Such as 120.50.' },
      { name: 'from', label: 'First day', as: 'day' },
      { name: 'to', label: 'Last day', as: 'day', optional: true, hint: 'Leave it empty while it goes on.' },
    ],
  },
  'aftercare-decision': {
    title: 'A decision about ending aftercare',
    when: 'The council or the ICB has decided whether aftercare is still needed, or a trust proposes that it ends.',
    fields: [
      {
        name: 'body',
        label: 'Who decided?',
        as: 'choice',
        choices: [
          { value: 'council', text: 'The council' },
          { value: 'icb', text: 'The ICB' },
          { value: 'trust', text: 'A trust', hint: 'A proposal only: the council and the ICB decide.' },
        ],
      },
      {
        name: 'decision',
        label: 'What was decided?',
        as: 'choice',
        choices: choices({
          'no-longer-needed': 'Aftercare is no longer needed',
          'still-needed': 'Aftercare is still needed',
        } satisfies Record<Decision, string>),
      },
      { name: 'decidedOn', label: 'Decided on', as: 'day' },
      {
        name: 'reasons',
        label: 'Reasons',
        as: 'checks',
        optional: true,
        choices: REASONS,
        hint: 'For “no longer needed”.',
      },
      { name: 'personInvolved', label: 'Was the person involved?', as: 'yes-no' },
      {
        name: 'evidence',
        label: 'Evidence',
        as: 'area',
        optional: true,
        hint: 'The assessment of current needs, the views of the person and of carers, where the minutes are.',
      },
    ],
  },
  'notice-given': {
    title: 'Written notice was given',
    when: 'The person was told in writing that aftercare ends.',
    fields: [{ name: 'on', label: 'On which day', as: 'day' }],
  },
  reinstated: {
    title: 'Aftercare was reinstated',
    when: 'Aftercare was ended too early, and is given again.',
    fields: [
      { name: 'from', label: 'From which day', as: 'day' },
      { name: 'reason', label: 'Why', as: 'area' },
    ],
  },
  died: {
    title: 'The person died',
    when: 'The person has died, and no formal notice says so.',
    fields: [
      { name: 'on', label: 'On which day', as: 'day' },
      { name: 'verified', label: 'Is the death verified?', as: 'yes-no' },
    ],
  },
  'identity-separated': {
    title: 'Two people were taken for one',
    when: 'A merge joined two different people. It is undone, and each gets their own facts back.',
    fields: [{ name: 'from', label: 'NHS number of the other person', as: 'number' }],
  },
  answer: {
    title: 'Answer a question',
    when: 'A question that the register asks has options to choose from.',
    fields: [
      { name: 'question', label: 'Question', as: 'hidden' },
      { name: 'option', label: 'Answer', as: 'choice' },
      {
        name: 'because',
        label: 'Because',
        as: 'area',
        hint: 'What it rests on: who said so, or which paper shows it.',
      },
    ],
  },
  withdrawn: {
    title: 'Withdraw a statement',
    when: 'Something that was stated is not so. It stays in the history, and no longer counts.',
    fields: [
      { name: 'fact', label: 'Statement', as: 'hidden' },
      { name: 'because', label: 'Because', as: 'area', hint: 'Why it is taken back.' },
    ],
  },
};

/** To choose from on a person's page. Answers begin at their question, withdrawals at what is withdrawn. */
export const FORM_GROUPS: readonly { title: string; kinds: readonly StatedKind[] }[] = [
  { title: 'Who is responsible', kinds: ['council-determined', 'icb-determined', 'reply', 'register-entry'] },
  { title: 'What happened before', kinds: ['detention', 'left-hospital', 'history-checked'] },
  { title: 'Planning and review', kinds: ['plan', 'review', 'charge'] },
  { title: 'Ending', kinds: ['aftercare-decision', 'notice-given', 'reinstated'] },
  { title: 'The person', kinds: ['died', 'identity-separated'] },
];
