/** `most` and `least` are themselves good enough. */
export type Target = { least: number } | { most: number };

/** One figure, beside what it should be. `met` is null where nothing was promised. */
export type Row = {
  measure: string;
  what: string;
  figure: number;
  unit: string;
  target: Target | null;
  met: boolean | null;
};

/** `problems`: counts that are wrong, in words; that a machine is slow is none. `details` by measure. */
export type Measured = { rows: Row[]; problems: string[]; details: Record<string, unknown> };

export const row = (
  measure: string,
  what: string,
  [figure, unit]: readonly [number, string],
  target?: Target,
): Row => ({
  measure,
  what,
  figure: rounded(figure),
  unit,
  target: target ?? null,
  met: target === undefined ? null : isMet(figure, target),
});

export const isMet = (figure: number, target: Target): boolean =>
  'least' in target ? figure >= target.least : figure <= target.most;

/** The one in the middle; of an even number, the upper of the two. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

export const rate = (count: number, elapsedMs: number): number => (elapsedMs > 0 ? count / (elapsedMs / 1_000) : 0);

const rounded = (figure: number): number =>
  Math.abs(figure) >= 100 ? Math.round(figure) : Math.round(figure * 10) / 10;
