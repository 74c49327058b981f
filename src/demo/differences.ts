import type { Entry } from '../register/entry.js';
import type { Holding } from './holding.js';
import type { Deliveries } from './settled.js';

/** `holds` is null when the council did not answer. */
export type CouncilHolds = { gss: string; name: string; holds: readonly Holding[] | null };

/** What a council would have to hold otherwise, one line each; none when the register and the councils agree. */
export function differences(
  register: readonly Entry[],
  councils: readonly CouncilHolds[],
  deliveries: Deliveries,
): string[] {
  const undelivered = deliveries.open.map(
    ({ body, state, lastFault }) => `for ${body} not confirmed: ${state}${lastFault ? `, ${lastFault}` : ''}`,
  );
  const counted = [...new Set(undelivered)].map(
    (line) => `${undelivered.filter((other) => other === line).length} ${line}`,
  );
  return [...counted, ...councils.flatMap((council) => wrongFlags(council, register))];
}

/** One active Flag for everybody whose council this is or may be, and none for anybody else. */
function wrongFlags({ gss, name, holds }: CouncilHolds, register: readonly Entry[]): string[] {
  if (!holds) return [`${name} does not say what it holds`];
  const active = holds.flatMap(({ nhsNumber, flag }) => (flag?.status === 'active' ? [nhsNumber] : []));
  const owed = register.filter((entry) => isToldTo(entry, gss)).flatMap(({ nhsNumber }) => nhsNumber ?? []);
  return [...new Set([...active, ...owed])].flatMap((nhsNumber) => {
    const found = active.filter((other) => other === nhsNumber).length;
    const due = owed.includes(nhsNumber) ? 1 : 0;
    return found === due ? [] : [`${name} holds ${found} active Flags for ${nhsNumber} where ${due} is due`];
  });
}

const isToldTo = ({ status, council }: Entry, gss: string): boolean =>
  status === 'active' && (council.code === gss || council.candidates.includes(gss));
