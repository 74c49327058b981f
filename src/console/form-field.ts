/** The kinds of `contract.md`, "Facts by people". */
export const STATED_KINDS = [
  'council-determined',
  'icb-determined',
  'detention',
  'left-hospital',
  'history-checked',
  'register-entry',
  'reply',
  'plan',
  'review',
  'charge',
  'aftercare-decision',
  'notice-given',
  'reinstated',
  'died',
  'identity-separated',
  'answer',
  'withdrawn',
] as const;
export type StatedKind = (typeof STATED_KINDS)[number];

export type Choice = { value: string; text: string; hint?: string };

/** `name`: the field of the fact, as a path. `section`, `council` and `icb` have their choices from the tables of the site. */
export type Field = {
  name: string;
  label: string;
  as:
    | 'day'
    | 'text'
    | 'area'
    | 'lines'
    | 'money'
    | 'number'
    | 'yes-no'
    | 'choice'
    | 'checks'
    | 'council'
    | 'icb'
    | 'section'
    | 'needs'
    | 'hidden';
  hint?: string;
  optional?: true;
  choices?: readonly Choice[];
};

export type Form = { title: string; when: string; fields: readonly Field[] };

/** Every form ends with these. */
export const STATED_BY: readonly Field[] = [
  { name: 'statedBy.name', label: 'Name', as: 'text' },
  {
    name: 'statedBy.role',
    label: 'Role',
    as: 'text',
    hint: 'Such as: social worker, Mental Health Act administrator.',
  },
  { name: 'statedBy.organisation', label: 'Organisation', as: 'text', hint: 'By name or code.' },
];
