import type { LeftOut, PostcodeRow, Refusal } from '../organisations/postcode-file.js';
import { postcodeFile } from '../organisations/postcode-file.js';
import type { PostcodePlace } from '../store/postcodes.js';
import { newTally, type Opened, readRows, type Tally, unusable } from './national-file.js';

/** What was in a postcode file; `month`: the last that it tells of. */
export type PostcodeTally = Tally<LeftOut, Refusal> & { month: string };

export const newPostcodeTally = (): PostcodeTally => ({
  ...newTally<LeftOut, Refusal>({ outside: 0, nowhere: 0 }),
  month: '',
});

/** Hands over the places of a file, many at a time. Throws Fault `usage` for what is no postcode file. */
export const readPlaces = (
  file: string,
  tally: PostcodeTally,
  take: (places: PostcodePlace[]) => Promise<void>,
): Promise<void> =>
  readRows<Extract<PostcodeRow, { kind: 'area' }>, LeftOut, Refusal>(
    file,
    tally,
    (header) => opened(file, header),
    async (rows) => {
      for (const { row } of rows) if (row.month > tally.month) tally.month = row.month;
      await take(rows.map(({ row: { postcode, area } }) => ({ postcode, ...area })));
    },
  );

function opened(file: string, header: string): Opened<PostcodeRow> {
  const found = postcodeFile(header);
  if (found.kind === 'problem') throw unusable(file, found.text);
  return { isHeader: true, read: found.read };
}
