import { z } from 'zod';
import { isDay } from '../register/day.js';
import { type Life, type NationalLink, type NationalRecord, ODS_CODE } from './national-facts.js';

/** An answer of the ORD API: one body, links to bodies (`/sync`, a search), or something that cannot be read. */
export type OrdAnswer =
  | { kind: 'record'; record: NationalRecord }
  | { kind: 'links'; codes: string[] }
  | { kind: 'refused'; why: string };

const Day = z.string().refine(isDay, 'no day that exists');
const Code = z.string().trim().toUpperCase().regex(ODS_CODE, 'no ODS code');
/** Booleans come as words too. */
const True = z
  .union([z.boolean(), z.string()])
  .optional()
  .transform((value) => value === true || value === 'true');

/** Where there is one, it may stand alone; where there is none, the section is left out or empty. */
const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || value === null || value === '' ? [] : Array.isArray(value) ? value : [value]),
    z.array(item),
  );
const section = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess((value) => (typeof value === 'object' && value !== null ? value : {}), z.object(shape));

const Dates = listOf(z.object({ Type: z.string().optional(), Start: Day.optional(), End: Day.optional() }));
const Target = z.object({
  OrgId: z.object({ extension: Code }),
  PrimaryRoleId: z.object({ id: z.string() }).optional(),
});

const Organisation = z.object({
  Name: z.string().trim().min(1).optional(),
  OrgId: z.object({ extension: Code }),
  LastChangeDate: Day.optional(),
  Date: Dates,
  Roles: section({ Role: listOf(z.object({ id: z.string(), primaryRole: True, Date: Dates })) }),
  Rels: section({ Rel: listOf(z.object({ id: z.string(), Date: Dates, Target })) }),
  Succs: section({ Succ: listOf(z.object({ Type: z.enum(['Predecessor', 'Successor']), Date: Dates, Target })) }),
});
type Organisation = z.infer<typeof Organisation>;

const Answer = z.object({ Organisation: z.unknown() });
const Links = z.object({ Organisations: z.array(z.object({ OrgLink: z.string() })) });

/** Reads one answer. What the record says twice, or says of others, is left to whoever compares. */
export function readOrdAnswer(json: unknown): OrdAnswer {
  const links = Links.safeParse(json);
  if (links.success)
    return { kind: 'links', codes: links.data.Organisations.flatMap(({ OrgLink }) => codeIn(OrgLink)) };
  const answer = Answer.safeParse(json);
  if (!answer.success || answer.data.Organisation === undefined)
    return { kind: 'refused', why: 'is no answer of the ORD API: it has neither "Organisation" nor "Organisations"' };
  const read = Organisation.safeParse(answer.data.Organisation);
  if (read.success) return recordOf(read.data);
  const [issue] = read.error.issues;
  return { kind: 'refused', why: issue ? `Organisation.${issue.path.join('.')}: ${issue.message}` : 'cannot be read' };
}

function codeIn(link: string): string[] {
  const code = link.split('/').at(-1)?.trim().toUpperCase() ?? '';
  return ODS_CODE.test(code) ? [code] : [];
}

function recordOf(read: Organisation): OrdAnswer {
  const code = read.OrgId.extension;
  const links: NationalLink[] = [];
  for (const { Type, Date: dates, Target: target } of read.Succs.Succ) {
    const other = target.OrgId.extension;
    const on = lifeOf(dates).from;
    if (on === null) return { kind: 'refused', why: `Organisation.Succs: the link with ${other} has no day` };
    if (other !== code)
      links.push(Type === 'Successor' ? { from: code, to: other, on } : { from: other, to: code, on });
  }
  const record: NationalRecord = {
    code,
    name: read.Name ?? null,
    lastChangeOn: read.LastChangeDate ?? null,
    life: lifeOf(read.Date),
    roles: read.Roles.Role.map(({ id, primaryRole, Date: dates }) => ({
      id,
      isPrimary: primaryRole,
      ...lifeOf(dates),
    })),
    locatedIn: read.Rels.Rel.filter(
      ({ id, Target: { PrimaryRoleId } }) => id === 'RE5' && isIcb(PrimaryRoleId?.id),
    ).map(({ Date: dates, Target: { OrgId } }) => ({ icb: OrgId.extension, ...lifeOf(dates) })),
    links,
  };
  return { kind: 'record', record };
}

/** Regions and, before 2022, others are targets of the same relationship. */
const isIcb = (role: string | undefined): boolean => role === undefined || role === 'RO261';

/** The legal days; the operational ones, which go on for months after, only where there are no others. */
function lifeOf(dates: Organisation['Date']): Life {
  const legal = dates.findLast(({ Type }) => Type === 'Legal') ?? dates.at(-1);
  return { from: legal?.Start ?? null, to: legal?.End ?? null };
}
