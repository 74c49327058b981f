import type { Periods, RowPlaces } from './feed.js';
import type { PeriodRow } from './period-rows.js';
import type { Reading } from './reading.js';

/**
 * Whether all that a period is read from may be used, by its result status (HL7 table 0085, OBX-11 in observations). A
 * status that is preliminary, pending or not to be had is no evidence of a detention, so it is a fault instead.
 */
export function isCertain(places: Periods, row: PeriodRow, reading: Reading): boolean {
  const { resultStatus } = places;
  if (!resultStatus) return true;
  const { path, final, corrected = [] } = resultStatus;
  const telling = tellingApart(places);
  for (const read of readPlaces(places)) {
    const standing = row.beside(read, path);
    if (standing === null || standing.value === null || final.includes(standing.value)) continue;
    if (!corrected.includes(standing.value)) return faulty(reading, standing.where, UNCERTAIN);
    if (telling.includes(read)) return faulty(reading, standing.where, CORRECTED);
  }
  return true;
}

/** Every place of the period row itself, and of the rows that belong to it. */
function readPlaces(places: Periods): RowPlaces[] {
  const { id, status, from, to, endReason, action, community, council, postcode, commissioner } = places;
  return [
    status.code,
    from,
    ...[id, to, endReason, action, community?.status, community?.from, community?.to],
    ...[council?.code, postcode, commissioner?.code],
  ].filter((each) => each !== undefined);
}

/** What makes the period this one. Where that is corrected, the period as it was told before is another one and would stand. */
const tellingApart = ({ id, madeFrom = [], status, from }: Periods): RowPlaces[] =>
  id ? [] : [...(madeFrom.includes('status') ? [status.code] : []), ...(madeFrom.includes('from') ? [from] : [])];

type Trouble = { text: string; next: string };

const UNCERTAIN: Trouble = {
  text: 'the row is not final, so it is no evidence',
  next: 'the sender sends it again as final once it is certain',
};

const CORRECTED: Trouble = {
  text: 'the row corrects a status or a start: which period it was told of before cannot be known',
  next: 'the sender withdraws the row as it was and sends the right one as final; until then what was told before stands',
};

function faulty(reading: Reading, where: string, { text, next }: Trouble): false {
  reading.fault('field-invalid', where, text, next);
  return false;
}
