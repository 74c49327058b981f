import type { Question, QuestionKind } from '../../src/register/entry.js';
import type { Adt, Period } from '../scenarios/adt.js';
import { HOME, SECTION_3 } from '../scenarios/adt.js';
import { onlyRow, type Stated, tell } from '../scenarios/tell.js';

export const TODAY = '2026-11-21';
export const BIRMINGHAM = 'E08000025';
export const SOLIHULL = 'E08000029';

export type Row = ReturnType<typeof onlyRow>;

/** The register row of the only person of a story. */
export const row = (messages: readonly Adt[], stated: readonly Stated[] = [], asOf = TODAY): Row =>
  onlyRow(tell(messages, asOf, stated));

/** Detained again from 1 July, and home on 1 August. */
export const AGAIN: Adt = {
  ...HOME,
  sentAt: '20260801100500',
  visit: 'V2',
  admitted: '20260701080000',
  left: '20260801100000',
  periods: [{ ...SECTION_3, id: 'P2', from: '20260701', to: '20260801' }],
};

/** An id of a fact that people state. */
export const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const asked = ({ questions }: Row, kind: QuestionKind): Question[] => questions.filter((q) => q.kind === kind);

/** The questions' ids, each once. */
export const idsOf = (questions: readonly Question[]): Set<string> => new Set(questions.map((question) => question.id));

export const answerTo = (question: Question | undefined, option: string, over: object = {}): Stated => ({
  kind: 'answer',
  question: question?.id,
  option,
  because: 'the papers say so',
  ...over,
});

export const textOf = ({ questions }: Row): string => questions.map(({ text }) => text).join('\n');
export const rulesOf = ({ because }: Row): string[] => because.map(({ rule }) => rule);
export const statusesOf = ({ episodes }: Row): string[] => episodes.map(({ status }) => status);

/** News of the period that `SECTION_3` tells of, or of another. */
export const news = (sentAt: string, ...periods: Period[]): Adt => ({
  trigger: 'A08',
  sentAt,
  periods: periods.map((period) => ({ ...SECTION_3, to: undefined, ...period })),
});

/** News of leave, an order or a recall that hangs off the period. */
export const inCommunity = (
  sentAt: string,
  community: Period['community'],
  from: string,
  over: Partial<Period> = {},
): Adt => news(sentAt, { community, communityFrom: from, ...over });
