import { z } from 'zod';
import { isDay } from '../register/day.js';
import { BODY_KINDS, type Span, type Succession } from './directory.js';
import { spanOf } from './graph.js';

/** A line of one of the tables as it is written, by column. */
export type Cells = Readonly<Record<string, string>>;

const Day = z.string().refine(isDay, 'not a day that exists (YYYY-MM-DD)');
const OptionalDay = z.union([z.literal('').transform(() => null), Day]);
const Optional = z.string().transform((text) => (text === '' ? null : text));
const Code = z.string().regex(/^[A-Z0-9]{3,9}$/, 'not a code in capitals');
const Source = z.string().regex(/^[a-z0-9-]+( [a-z0-9-]+)*$/, 'name at least one source key');

/** A line of bodies.csv. */
export const BodyRow: z.ZodType<Span> = z
  .strictObject({
    code: Code,
    kind: z.enum(BODY_KINDS),
    name: z.string().min(1, 'is empty'),
    ods: Optional,
    gss: Optional,
    from: OptionalDay,
    to: OptionalDay,
    answers_to: Optional,
    source: Source,
  })
  .superRefine((row, context) => {
    const mistake = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (row.kind === 'council' && !/^[EW]\d{8}$/.test(row.code)) mistake('code', "a council's code is its GSS code");
    if (row.kind === 'council' ? row.gss !== row.code : row.ods !== row.code)
      mistake('code', 'is not the code it repeats');
    if (row.from !== null && row.to !== null && row.to < row.from) mistake('to', 'is before from');
    if ((row.kind === 'sub-icb' || row.kind === 'gp-practice') !== (row.answers_to !== null))
      mistake('answers_to', 'is for sub-icb and gp-practice rows, and they need it');
  })
  .transform(({ answers_to, ...body }) => spanOf(body, answers_to));

/** A line of successions.csv. */
export const SuccessionRow: z.ZodType<Succession> = z
  .strictObject({
    date: Day,
    from: Code,
    to: Code,
    kind: z.enum(['merge', 'rename', 'split', 'boundary']),
    resolve_by: z.union([
      z.literal('').transform(() => null),
      z.enum(['address', 'sub-ICB location', 'address or GP practice', 'service']),
    ]),
    source: Source,
  })
  .superRefine((row, context) => {
    if (row.kind === 'split' && row.resolve_by === null) {
      context.addIssue({
        code: 'custom',
        path: ['resolve_by'],
        message: 'a split says what tells its successors apart',
      });
    }
  })
  .transform(({ date, resolve_by, ...row }) => ({ on: date, ...row, resolveBy: resolve_by }));

/** The columns of both tables, as they are written. */
export const COLUMNS = {
  body: ['code', 'kind', 'name', 'ods', 'gss', 'from', 'to', 'answers_to', 'source'],
  succession: ['date', 'from', 'to', 'kind', 'resolve_by', 'source'],
} as const;

/** The line of bodies.csv that reads as this row. */
export const bodyCells = ({ body, answersTo }: Span): Cells => ({
  code: body.code,
  kind: body.kind,
  name: body.name,
  ods: body.ods ?? '',
  gss: body.gss ?? '',
  from: body.from ?? '',
  to: body.to ?? '',
  answers_to: answersTo ?? '',
  source: body.source,
});

/** The line of successions.csv that reads as this row. */
export const successionCells = ({ on, from, to, kind, resolveBy, source }: Succession): Cells => ({
  date: on,
  from,
  to,
  kind,
  resolve_by: resolveBy ?? '',
  source,
});
