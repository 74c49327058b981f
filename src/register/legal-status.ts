import type { LegalStatus } from './fact.js';

type Told = { key: string; alsoTold: string[]; status: LegalStatus };

/**
 * A legal status on admission and one on discharge are stated of the same stay, each in its own time. The same section on
 * both days is one detention, as far as anybody can tell: it began with the first.
 */
export function onceInAStay<T extends Told>(detentions: readonly T[]): T[] {
  const absorbed = new Map(
    detentions.flatMap((detention) => {
      const first = sameOnAdmission(detention, detentions);
      return first ? [[detention, first] as const] : [];
    }),
  );
  return detentions.flatMap((detention) => {
    if (absorbed.has(detention)) return [];
    const same = [...absorbed].filter(([, first]) => first === detention).map(([{ key }]) => key);
    return [same.length === 0 ? detention : { ...detention, alsoTold: same.sort() }];
  });
}

function sameOnAdmission<T extends Told>({ key, status }: T, detentions: readonly T[]): T | undefined {
  const [, stay] = ON_DISCHARGE.exec(key) ?? [];
  if (stay === undefined) return undefined;
  return detentions.find(
    (other) =>
      ON_ADMISSION.exec(other.key)?.[1] === stay &&
      other.status.system === status.system &&
      other.status.code === status.code,
  );
}

/** As the statements are named: sender, stay, day, and which of several of that day. */
const ON_ADMISSION = /^(.*)\/legal-status-on-admission(?:\/\d+)?$/;
const ON_DISCHARGE = /^(.*)\/legal-status-on-discharge(?:\/\d+)?$/;
