/** How the value of a field is read from a cell. With `?` the field may be left out, and its cell may be empty. */
export type FieldForm = Form | `${Form}?`;
type Form = 'day' | 'text' | 'texts' | 'section' | 'flag' | 'amount' | 'certainty';

/** The facts of `contract.md` that a spreadsheet may hold. Answers, separations and withdrawals are stated one by one. */
export const FACT_FIELDS = {
  detention: { section: 'section', from: 'day', to: 'day?', certainty: 'certainty' },
  'left-hospital': { on: 'day' },
  'council-determined': { effectiveOn: 'day', council: 'text', standing: 'text', basis: 'text?' },
  'icb-determined': { effectiveOn: 'day', icb: 'text', standing: 'text', basis: 'text?' },
  'aftercare-decision': {
    body: 'text',
    decision: 'text',
    decidedOn: 'day',
    reasons: 'texts',
    personInvolved: 'flag',
    evidence: 'text?',
  },
  'notice-given': { on: 'day' },
  reinstated: { from: 'day', reason: 'text' },
  plan: { agreedOn: 'day', leadName: 'text?', leadRole: 'text?', needs: 'texts?', reviewDue: 'day?' },
  review: { heldOn: 'day', attended: 'texts', outcome: 'text', nextDue: 'day?' },
  charge: {
    from: 'day',
    to: 'day?',
    amountPerWeek: 'amount',
    for: 'text',
    recordedAs: 'text?',
    accommodation: 'flag?',
  },
  'register-entry': {
    body: 'text',
    on: 'day?',
    status: 'text',
    from: 'day?',
    to: 'day?',
    council: 'text?',
    icb: 'text?',
    caseId: 'text?',
    birthDate: 'day?',
  },
  reply: { body: 'text', on: 'day', outcome: 'text', reason: 'text?', caseId: 'text?' },
  'history-checked': { on: 'day', found: 'text', sources: 'texts' },
  died: { on: 'day', verified: 'flag' },
} as const satisfies Record<string, Record<string, FieldForm>>;

export type LoadedKind = keyof typeof FACT_FIELDS;

/** Days that may still be to come: what is planned, and an end that is known already. */
const MAY_BE_AHEAD = new Set(['to', 'reviewDue', 'nextDue']);

export const mayBeAhead = (field: string): boolean => MAY_BE_AHEAD.has(field);

export const isOptional = (form: FieldForm): boolean => form.endsWith('?');
