import { z } from 'zod';
import type { Path, Problem } from './yaml-lines.js';

/** Whether `mappings/feeds/` defines a feed. */
export type FeedExists = (name: string) => boolean;

// What cannot be read here has a problem of its own: it is left out, and the rest is looked at all the same.
const word = z.string().trim().min(1).nullable().catch(null);
const rows = <S extends z.ZodRawShape>(shape: S) => z.array(z.object(shape).nullable().catch(null)).catch([]);

const Outline = z.object({
  senders: rows({ ods: word, application: word, feed: word }),
  councils: rows({ gss: word, childrensDestination: z.unknown().optional(), reconcile: z.unknown().optional() }),
  icbs: rows({ ods: word }),
  partnerships: rows({ council: word, icb: word }),
});

type Row<K extends 'senders' | 'councils' | 'icbs' | 'partnerships'> = z.infer<typeof Outline>[K][number];

/** What no single value shows: repeated rows, feeds that do not exist, partnerships of strangers, half a register. */
export function problemsTogether(written: unknown, feedExists: FeedExists): Problem[] {
  const read = Outline.safeParse(written);
  if (!read.success) return [];
  const { senders, councils, icbs, partnerships } = read.data;
  return [
    ...repeats('senders', senders.map(senderKey)),
    ...repeats('councils', councils.map(gssOf)),
    ...repeats('icbs', icbs.map(odsOf)),
    ...repeats('partnerships', partnerships.map(partnersKey)),
    ...councils.flatMap((council, row) => readByHalf(council, ['councils', row, 'reconcile'])),
    ...senders.flatMap((sender, row) => feedProblems(sender, ['senders', row, 'feed'], feedExists)),
    ...strangers('council', 'councils', partnerships.map(councilOf), councils.map(gssOf)),
    ...strangers('icb', 'icbs', partnerships.map(icbOf), icbs.map(odsOf)),
  ];
}

const gssOf = (row: Row<'councils'>) => row?.gss ?? null;
const odsOf = (row: Row<'icbs'>) => row?.ods ?? null;
const councilOf = (row: Row<'partnerships'>) => row?.council ?? null;
const icbOf = (row: Row<'partnerships'>) => row?.icb ?? null;

const senderKey = (row: Row<'senders'>): string | null =>
  row?.ods ? [row.ods, ...(row.application ? [row.application] : [])].join(' ') : null;

const partnersKey = (row: Row<'partnerships'>): string | null =>
  row?.council && row.icb ? `${row.council} ${row.icb}` : null;

const feedProblems = (sender: Row<'senders'>, path: Path, feedExists: FeedExists): Problem[] =>
  !sender?.feed || feedExists(sender.feed)
    ? []
    : [{ path, what: `is ${sender.feed}: there is no mappings/feeds/${sender.feed}.yaml` }];

const readByHalf = (council: Row<'councils'>, path: Path): Problem[] =>
  council?.childrensDestination && council.reconcile
    ? [{ path, what: 'reads one system, and this council has another for children: compare a spreadsheet of both' }]
    : [];

const repeats = (list: string, keys: readonly (string | null)[]): Problem[] =>
  keys.flatMap((key, row) =>
    key === null || keys.indexOf(key) === row ? [] : [{ path: [list, row], what: `is the second ${key}: keep one` }],
  );

/** A row that cannot be read may be the one that is missed. */
function strangers(
  field: string,
  list: string,
  named: readonly (string | null)[],
  connected: readonly (string | null)[],
): Problem[] {
  if (connected.includes(null)) return [];
  return named.flatMap((code, row) =>
    code === null || connected.includes(code)
      ? []
      : [
          {
            path: ['partnerships', row, field],
            what: `is not connected: add ${code} under ${list} (a destination is not needed)`,
          },
        ],
  );
}
