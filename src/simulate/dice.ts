/** Chance that comes again: the same seed throws the same numbers. */
export type Dice = {
  /** A whole number from 0 up to, not including, `below`. */
  number(below: number): number;
  oneOf<T>(all: readonly [T, ...T[]]): T;
};

/** Mulberry32: small, quick, and good enough to shake messages with. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const number = (below: number) => Math.floor(next() * below);
  return { number, oneOf: (all) => all[number(all.length)] ?? all[0] };
}

/** True so many times in a hundred. */
export const chance = (d: Dice, inHundred: number): boolean => d.number(100) < inHundred;

/** A whole number from `least` to `most`. */
export const between = (d: Dice, least: number, most: number): number => least + d.number(most - least + 1);

/** Dice of its own for each part, so that what one throws more does not change what the next throws. */
export const partOf = (seed: number, part: number): Dice => dice(Math.imul(seed, 1_000_003) + part * 7_919);
