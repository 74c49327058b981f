import { type Adt, adt } from '../scenarios/adt.js';
import { type Stated, tell } from '../scenarios/tell.js';
import { TODAY } from './story.js';

export const THIRD = '9990000034';
export const FOURTH = '9990000042';

/** Who there is: `number < former: own numbers, conflicts`, in the order of the register. */
export function people(messages: readonly (Adt | string)[], stated: readonly Stated[] = []): string[] {
  return tell(messages, TODAY, stated).register.map(({ nhsNumber, formerNhsNumbers, localIds, questions }) => {
    const former = formerNhsNumbers.map((number) => ` < ${number}`).join('');
    const isAsked = questions.some(({ kind }) => kind === 'identity-conflict');
    return `${nhsNumber ?? 'no number'}${former}: ${localIds.map(({ value }) => value).join(' ')}${isAsked ? ' asked' : ''}`;
  });
}

/** News of a person: which number and which record of the trust. */
export const seen = (
  nhsNumber: string | null,
  mrn: string | null,
  sentAt = '20260301090000',
  over: Partial<Adt> = {},
): Adt => ({
  trigger: 'A08',
  sentAt,
  controlId: `${sentAt}${nhsNumber}${mrn}`,
  nhsNumber,
  mrn,
  visit: `V-${mrn}`,
  ...over,
});

export const merged = (
  sentAt: string,
  kept: [string | null, string | null],
  gone: { nhsNumber?: string; mrn?: string },
  over: Partial<Adt> = {},
): Adt =>
  seen(kept[0], kept[1], sentAt, {
    trigger: 'A40',
    mergedAway: gone,
    controlId: [sentAt, ...kept, gone.nhsNumber, gone.mrn].join('-'),
    ...over,
  });

export const separated = (nhsNumber: string, from: string, recorded?: string): Stated => ({
  kind: 'identity-separated',
  nhsNumber,
  from,
  ...(recorded === undefined ? {} : { recorded }),
});

/** News of several of the trust's own numbers for one person. */
export const ofRecords = (nhsNumber: string | null, records: readonly string[], sentAt: string): string => {
  const [first = ''] = records;
  const [one, all] = [first, records].map((of) =>
    [of]
      .flat()
      .map((mrn) => `${mrn}^^^RXT^MR`)
      .join('~'),
  );
  return adt(seen(nhsNumber, first, sentAt, { controlId: `${sentAt}${nhsNumber}${records.join()}` })).replace(
    one ?? '',
    all ?? '',
  );
};
