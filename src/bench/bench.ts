import { Fault } from '../fault.js';
import { measureAcks } from './acks.js';
import { measureBacklog } from './backlog.js';
import { measurePlan, measureResolve } from './bodies.js';
import { measureDisk } from './disk.js';
import { measureExplain } from './explain.js';
import type { Row } from './figures.js';
import { measureFold } from './fold.js';
import { measureImport } from './import.js';
import { measureInTown } from './in-town.js';
import { type Keeper, keeping } from './keeper.js';
import { type Machine, machineFacts } from './machine.js';
import type { Bench, BenchOptions, Learnt, Measure } from './measure.js';
import { measureMemory } from './memory.js';
import { ownDatabase } from './own-database.js';
import { emptyRedis } from './own-redis.js';
import { measurePeople } from './people.js';
import { measureRebuild } from './rebuild.js';
import { measureReconcile } from './reconcile.js';
import { measureReconcileFhir } from './reconcile-fhir.js';
import { measureStart } from './start.js';

/** In the order in which they are measured. */
export const MEASURES = [
  'acks',
  'people',
  'disk',
  'explain',
  'start',
  'backlog',
  'memory',
  'fold',
  'resolve',
  'import',
  'pages',
  'search',
  'rebuild',
  'plan',
  'reconcile',
  'reconcile-fhir',
] as const;
export type MeasureName = (typeof MEASURES)[number];

/** About two minutes. */
export const USUAL_MEASURES: readonly MeasureName[] = ['acks', 'people', 'disk', 'explain', 'start'];

export type BenchResult = {
  machine: Machine;
  database: Learnt['database'];
  redis: Learnt['redis'];
  /** As they were given; of an address no more than that there was one. */
  options: Omit<BenchOptions, 'databaseUrl' | 'redisUrl'> & { databaseGiven: boolean; redisGiven: boolean };
  rows: Row[];
  /** Counts that are wrong. */
  problems: string[];
  details: Record<string, unknown>;
};

type Run = { measures: readonly MeasureName[]; options: BenchOptions; signal: AbortSignal; say(text: string): void };
type Step = { name: string; measure: Measure };

/** Each measure on an installation of its own, the service in a process of its own and started as its user would. */
export async function runBench({ measures, options, signal, say }: Run): Promise<BenchResult> {
  const machine = machineFacts();
  say(`disk: ${machine.commitsPerSecond} commits a second, one after another, in ${machine.folder}`);
  if (machine.inMemory) say(`${machine.folder} is in memory: set TMPDIR to a folder on a disk`);
  const bench: Bench = { options, learnt: { database: null, redis: null }, say };
  const result = { rows: [] as Row[], problems: [] as string[], details: {} as Record<string, unknown> };
  await keeping(signal, (keeper) => tryGiven(keeper, options));
  for (const step of stepsOf(measures)) {
    say(`${step.name} …`);
    const { rows, problems, details } = await measured(step, bench, signal);
    result.rows.push(...rows);
    result.problems.push(...problems);
    Object.assign(result.details, details);
  }
  return { machine, ...bench.learnt, options: withoutAddresses(options), ...result };
}

/** What was given and cannot be used is said before anything is measured. */
async function tryGiven(keeper: Keeper, { databaseUrl, redisUrl }: BenchOptions): Promise<void> {
  if (databaseUrl !== null) await ownDatabase(keeper, databaseUrl);
  if (redisUrl !== null) await emptyRedis(keeper, redisUrl);
}

/** Pages and searches are measured in one large database, because it takes minutes to fill. */
function stepsOf(measures: readonly MeasureName[]): Step[] {
  const of = (name: MeasureName, measure: Measure): Step[] => (measures.includes(name) ? [{ name, measure }] : []);
  const inTown = (['pages', 'search'] as const).filter((name) => measures.includes(name));
  return [
    ...of('acks', measureAcks),
    ...of('people', measurePeople),
    ...of('disk', measureDisk),
    ...of('explain', measureExplain),
    ...of('start', measureStart),
    ...of('backlog', measureBacklog),
    ...of('memory', measureMemory),
    ...of('fold', async (_, { say }) => measureFold(say)),
    ...of('resolve', async (_, { say }) => measureResolve(say)),
    ...of('import', measureImport),
    ...(inTown.length === 0 ? [] : [{ name: inTown.join(' and '), measure: measureInTown(inTown) }]),
    ...of('rebuild', measureRebuild),
    ...of('plan', measurePlan),
    ...of('reconcile', measureReconcile),
    ...of('reconcile-fhir', measureReconcileFhir),
  ];
}

/** One measure that fails does not take away what the others have found: it is a count that is wrong. */
async function measured({ name, measure }: Step, bench: Bench, signal: AbortSignal) {
  try {
    return await keeping(signal, (keeper) => measure(keeper, bench));
  } catch (error) {
    if (signal.aborted || error instanceof Fault) throw error;
    const text = error instanceof Error ? error.message : 'failed';
    return { rows: [], problems: [`${name}: ${text}`], details: {} };
  }
}

const withoutAddresses = ({ databaseUrl, redisUrl, ...rest }: BenchOptions): BenchResult['options'] => ({
  ...rest,
  databaseGiven: databaseUrl !== null,
  redisGiven: redisUrl !== null,
});
