import type { Day } from '../register/day.js';

/** Where people live. Codes are those of the day: councils and NHS bodies were merged, divided and renamed meanwhile. */
export type Area = {
  /** Councils with a FHIR server of their own; of a divided one, both. */
  councils: readonly [string, ...string[]];
  /** The code of the council before it was replaced, and until when. */
  former: { code: string; until: Day } | null;
  /** The clinical commissioning group until June 2022, which is a place of the board since. */
  commissioner: string;
  board: string;
  /** The board that came in the place of `board` on 1 April 2026. */
  boardSince2026?: string;
};

const BIRMINGHAM: Area = { councils: ['E08000025'], former: null, commissioner: '15E', board: 'QHL' };
/** Divided on 1 April 2023: the code alone does not say in which part somebody lived. */
const CUMBRIA: Area = {
  councils: ['E06000063', 'E06000064'],
  former: { code: 'E10000006', until: '2023-03-31' },
  commissioner: '01H',
  board: 'QHM',
};
const NORTH_YORKSHIRE: Area = {
  councils: ['E06000065'],
  former: { code: 'E10000023', until: '2023-03-31' },
  commissioner: '42D',
  board: 'QOQ',
};

/** Its NHS body was divided between three boards on 1 April 2026. */
const SURREY: Area = {
  councils: ['E10000030'],
  former: null,
  commissioner: 'D4U1Y',
  board: 'QNQ',
  boardSince2026: 'S9B9J',
};

export const AREAS = [BIRMINGHAM, CUMBRIA, NORTH_YORKSHIRE, SURREY] as const;

/** Of each area the trust to which its people go. */
export const TRUSTS = ['RXT', 'RNN', 'RX3', 'RXX'] as const;

/** With a FHIR server. */
export const COUNCILS = AREAS.flatMap(({ councils }) => [...councils]);
export const BOARDS = AREAS.map(({ board, boardSince2026 }) => boardSince2026 ?? board);

/** As whoever writes it on that day knows it; `part` says which of the councils of a divided area. */
export const councilOn = ({ councils, former }: Area, day: Day, part: number): string =>
  former !== null && day <= former.until ? former.code : (councils[part % councils.length] ?? councils[0]);

/** The board came on 1 July 2022, and many went on writing the code of before. */
export function commissionerOn(area: Area, day: Day, isUpToDate: boolean): string {
  if (day < '2022-07-01' || !isUpToDate) return area.commissioner;
  return day >= '2026-04-01' ? (area.boardSince2026 ?? area.board) : area.board;
}
