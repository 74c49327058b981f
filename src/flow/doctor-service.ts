import type { Pool } from 'pg';
import { deliveryStore } from '../store/deliveries.js';
import { foldedWithStore } from '../store/folded-with.js';
import { COUNTED, overviewStore } from '../store/overview.js';
import { type Pause, pauseStore } from '../store/pauses.js';
import { peopleStore } from '../store/people.js';
import { type ProcessRole, type ProcessSeen, processStore } from '../store/processes.js';
import { sweepStore } from '../store/sweep.js';
import { type Finding, findingsOf } from './finding.js';

/** What the database knows of the service: does it run, and what waits for people? The schema must be up to date. */
export async function serviceFindings(pool: Pool, foldedWith: string): Promise<Finding[]> {
  const processes = await processStore(pool).all();
  const waits = { listen: false, work: await hasWork(pool) };
  const undelivered = new Map((await overviewStore(pool).undelivered()).map(({ body, count }) => [body, count]));
  return [
    ...ROLES.map((role) => roleFinding(role, processes, waits[role])),
    ...(await parkedMessages(pool)),
    await foldedOtherwise(pool, foldedWith),
    ...(await pauseStore(pool).all()).map((pause) => pauseFinding(pause, undelivered.get(pause.body) ?? 0)),
    ...(await deliveryStore(pool).parked()).map(parkedDeliveries),
  ];
}

/** Without these nothing comes in, or nothing goes out. */
const ROLES = ['listen', 'work'] as const satisfies readonly ProcessRole[];

const hasWork = async (pool: Pool): Promise<boolean> =>
  (await sweepStore(pool).hasPending()) ||
  (await peopleStore(pool).dueNodeIds(1)).length > 0 ||
  (await deliveryStore(pool).bodiesDue()).length > 0;

/**
 * Of a service that was stopped nothing is left to be seen, and whether it should run cannot be known here: unless one
 * was lost, others run, or something waits.
 */
function roleFinding(role: (typeof ROLES)[number], processes: readonly ProcessSeen[], waits: boolean): Finding {
  const { ok, wrong, unchecked } = findingsOf(`role ${role}`);
  const alike = processes.filter((each) => each.role === role);
  const running = alike.filter(({ lost }) => !lost);
  if (running.length > 0)
    return ok(`${counted(running.length, 'process runs', 'processes run')} (${hostsOf(running)})`);
  const next = `start it: "aftercare serve --only ${role}", or "aftercare serve" for every role`;
  const [last] = alike;
  if (last)
    return wrong(
      `none runs: the last, on ${last.host}, was seen ${ago(last.seconds)} ago and did not end as it should`,
      `${next}; its log says why it ended`,
    );
  if (waits) return wrong('none runs, and work waits for one', next);
  if (processes.some(({ lost }) => !lost)) return wrong('none runs, while processes with other roles do', next);
  return unchecked('none runs; whether one should cannot be seen from here', next);
}

const hostsOf = (processes: readonly ProcessSeen[]): string =>
  [...new Set(processes.map(({ host }) => host))].sort().join(', ');

async function parkedMessages(pool: Pool): Promise<Finding[]> {
  const count = (await overviewStore(pool).parkedByFault()).reduce((sum, cause) => sum + cause.count, 0);
  const { ok, forAPerson } = findingsOf('messages');
  return [
    count === 0
      ? ok('none is parked')
      : forAPerson(counted(count, 'is parked', 'are parked'), '"aftercare messages --state parked" lists them'),
  ];
}

async function foldedOtherwise(pool: Pool, foldedWith: string): Promise<Finding> {
  const count = await foldedWithStore(pool).countOthers(foldedWith);
  const { ok, forAPerson } = findingsOf('register');
  if (count === 0) return ok("everybody is folded by today's rules, policies and organisations");
  return forAPerson(
    `${counted(count, 'person is', 'people are')} folded by other rules, policies or organisations than today's`,
    '"aftercare refold" shows who would differ and what councils would be sent; with --apply it is done',
  );
}

function pauseFinding({ body, pausedAt, pausedBy }: Pause, waiting: number): Finding {
  const versions = counted(waiting, 'version waits', 'versions wait');
  return findingsOf(`council ${body}`).wrong(
    `paused by ${pausedBy} since ${pausedAt.toISOString()}: it is sent nothing, and ${versions}`,
    `the console says why at /console/bodies/${body}; resume it there when that is over`,
  );
}

type Parked = { body: string; isEnded: boolean; count: number };

function parkedDeliveries({ body, isEnded, count }: Parked): Finding {
  const { ok, wrong } = findingsOf(`council ${body}`);
  if (isEnded)
    return ok(`is no more and has no destination: ${counted(count, 'version', 'versions')} it never confirmed`);
  return wrong(
    counted(count, 'delivery is parked', 'deliveries are parked'),
    `"aftercare deliveries --council ${body} --state parked" lists them`,
  );
}

const counted = (count: number, one: string, more: string): string =>
  count === 1 ? `1 ${one}` : `${count < COUNTED ? count : `${COUNTED - 1} and more`} ${more}`;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** In the greatest unit of which there are two or more. */
function ago(seconds: number): string {
  if (seconds >= 2 * DAY) return `${Math.floor(seconds / DAY)} days`;
  if (seconds >= 2 * HOUR) return `${Math.floor(seconds / HOUR)} hours`;
  if (seconds >= 2 * MINUTE) return `${Math.floor(seconds / MINUTE)} minutes`;
  return `${seconds} seconds`;
}
