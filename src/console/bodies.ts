import { FAULTS } from '../fault.js';
import { auditStore } from '../store/audit.js';
import { type BodyRow, bodyStore } from '../store/body-overview.js';
import { type Pause, pauseStore } from '../store/pauses.js';
import { nextFor } from './deliveries.js';
import type { AppDeps, Who } from './deps.js';
import type { BodyView } from './schemas.js';

const NO_DELIVERIES = { due: 0, sending: 0, 'handed-over': 0, confirmed: 0, parked: 0, overtaken: 0 };
const WOKEN_AT_ONCE = 1_000;

/** Every body that is connected, paused or was ever told something. */
export async function listBodies(deps: AppDeps): Promise<BodyView[]> {
  const rows = await bodyStore(deps.pool).all();
  const pauses = await pauseStore(deps.pool).all();
  const connected = connectedBodies(deps);
  const codes = [...new Set([...connected, ...rows.map(({ body }) => body), ...pauses.map(({ body }) => body)])];
  return codes.map((body) =>
    bodyView(deps, body, {
      row: rows.find((each) => each.body === body),
      pause: pauses.find((each) => each.body === body),
    }),
  );
}

/** Null for a body that nobody knows here. */
export async function readBody(deps: AppDeps, code: string): Promise<BodyView | null> {
  const [[row], pauses] = await Promise.all([bodyStore(deps.pool).all(code), pauseStore(deps.pool).all()]);
  const pause = pauses.find(({ body }) => body === code);
  if (!row && !pause && !connectedBodies(deps).includes(code)) return null;
  return bodyView(deps, code, { row, pause });
}

/** From now on nothing is handed over to it; what becomes due waits. */
export async function pauseBody({ pool }: AppDeps, body: string, reason: string, who: Who): Promise<boolean> {
  const paused = await pauseStore(pool).pause({ body, pausedBy: who.name, reason });
  if (paused) await recordAbout(pool, { body, action: 'body-paused', reason }, who);
  return paused;
}

/** What waited is handed over at once. */
export async function resumeBody({ pool, handOver }: AppDeps, body: string, who: Who): Promise<boolean> {
  const resumed = await pauseStore(pool).resume(body);
  if (!resumed) return false;
  await recordAbout(pool, { body, action: 'body-resumed', reason: null }, who);
  await handOver(await bodyStore(pool).dueFor(body, WOKEN_AT_ONCE));
  return true;
}

type About = { body: string; action: string; reason: string | null };

const recordAbout = (pool: AppDeps['pool'], { body, action, reason }: About, who: Who): Promise<void> =>
  auditStore(pool).record({ who: who.name, role: who.role, action, subject: `body:${body}`, reason });

/** Every body, and every system of a council for children, that is told something. */
export const connectedBodies = ({ site }: Pick<AppDeps, 'site'>): string[] => [
  ...site.councils.flatMap(({ gss, childrensDestination }) => [
    gss,
    ...(childrensDestination ? [`${gss}-children`] : []),
  ]),
  ...site.icbs.flatMap(({ ods, destination }) => (destination ? [ods] : [])),
];

function bodyView(
  deps: AppDeps,
  body: string,
  { row, pause }: { row: BodyRow | undefined; pause: Pause | undefined },
): BodyView {
  const fault = row?.lastFault ?? null;
  return {
    body,
    bodyName: deps.bodyName?.(body) ?? null,
    connected: connectedBodies(deps).includes(body),
    counts: { ...NO_DELIVERIES, ...row?.counts },
    oldestUndeliveredAt: row?.oldestUndeliveredAt?.toISOString() ?? null,
    lastConfirmedAt: row?.lastConfirmedAt?.toISOString() ?? null,
    trouble:
      fault === null
        ? null
        : {
            code: fault,
            text: FAULTS[fault].text,
            next: nextFor(fault),
            at: row?.lastFaultAt?.toISOString() ?? null,
          },
    paused: pause ? { at: pause.pausedAt.toISOString(), by: pause.pausedBy, reason: pause.reason } : null,
  };
}
