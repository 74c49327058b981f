import { z } from 'zod';

/** What every code table says of a code. A table may have further columns. */
const row = {
  system: z.string(),
  code: z.string().min(1, 'is empty'),
  display: z.string().min(1, 'is empty'),
  source: z.string().regex(/^[a-z0-9-]+( [a-z0-9-]+)*$/, 'name at least one source key'),
};
const yesOrNo = z.enum(['yes', 'no']).transform((answer) => answer === 'yes');

const BASES = [
  's3',
  's37',
  's37-41',
  's45A',
  's47',
  's47-49',
  's48',
  's48-49',
  'cpia-hospital-order',
  'other-confirmed',
] as const;

export const LegalStatusRow = z
  .strictObject({
    ...row,
    code: row.code.refine((code) => !/^\d$/.test(code), 'has lost its leading zero'),
    bearing: z.enum(['yes', 'confirm', 'ask', 'no', 'nothing']),
    basis: z.union([z.literal('').transform(() => null), z.enum(BASES)]),
    note: z.string(),
  })
  .refine(({ bearing, basis }) => (bearing === 'yes' || bearing === 'confirm') === (basis !== null), {
    path: ['basis'],
    message: 'is needed where the status qualifies, and only there',
  });

export const DestinationRow = z.strictObject({
  ...row,
  leaving: z.enum(['left', 'transferred', 'custody', 'died', 'unclear']),
  note: z.string(),
});

export const MethodRow = z.strictObject({ ...row, died: yesOrNo, note: z.string() });

export const PatientClassRow = z.strictObject({ ...row, class: z.enum(['I', 'O', 'E', 'P', 'R', 'B', 'C', 'N', 'U']) });

export const NhsNumberStatusRow = z.strictObject({ ...row, verified: yesOrNo });

export const CommunityStatusRow = z.strictObject({
  ...row,
  code: z.enum(['CTO', 'CD', 'S17', 'RECALL', 'REVOKED', 'AWOL']),
});

/** A table that only a feed definition knows: its further columns are kept as they are. */
export const AnyRow = z.object(row).catchall(z.string());

/** A line of systems.csv: another name for a code system within one table; an empty alias is the system of those who name none. */
export const AliasRow = z.strictObject({
  table: z.string().min(1, 'is empty'),
  alias: z.string(),
  system: z.string().min(1, 'is empty'),
  source: row.source,
});
