import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { stampedVersion } from '../flow/held.js';
import type { ReconcileCounts } from '../flow/reconcile.js';
import type { LedgerContent } from '../flow/versions.js';
import { type PulledVersion, pulledStore } from '../store/pulled.js';
import { PARTS } from '../store/reconciliations.js';
import type { Tables } from '../tables.js';
import type { Child } from './child.js';
import { type Measured, row } from './figures.js';
import { type House, here, siteOf } from './house.js';
import type { Keeper } from './keeper.js';
import type { Bench } from './measure.js';
import { COUNCILS } from './messages.js';
import { type Asked, fileOf, type Kept } from './register-server.js';
import { sampling } from './resident.js';
import { unless } from './settled.js';
import { benchTables } from './tables.js';
import { fillTown } from './town.js';

const PERSONS = 100_000;
/** A minute: twenty times what is usual, so that the measure ends. */
const REQUESTS = 1_200;
const HIGHEST_MB = { most: 500 };
/** One in so many is not in the register of the council, and of as many more only the Flag is gone. */
const LOST = 100;
const LOOKS_EVERY_MS = 50;

/** The register of one council on its FHIR server, which lacks some people and some Flags, held against the register. */
export async function measureReconcileFhir(keeper: Keeper, bench: Bench): Promise<Measured> {
  const options = { ...bench.options, messages: bench.options.persons ?? PERSONS };
  const usual = { kind: 'discharge', persons: PERSONS, messages: PERSONS } as const;
  const { house, pool, persons, problems } = await fillTown('reconcile-fhir', usual, keeper, { ...bench, options });
  const folder = await keeper.folder();
  const lost = await writeRegister(pool, folder);
  const server = keeper.start({ args: [here('./register-server-main.js'), folder] });
  const [, url = ''] = await server.waitFor(/^(http\S+)$/m);
  const siteFile = join(folder, 'site.yaml');
  await writeFile(siteFile, JSON.stringify(siteOf(url)));
  const run: Run = { house, keeper, url, siteFile, to: join(folder, 'answer.json') };

  const whole = await answered(run);
  bench.say(`reconcile-fhir: ${whole.seconds.toFixed(1)} s and ${whole.asked.requests} requests for ${persons} people`);
  const before = await killedAfter(run, Math.floor(whole.asked.requests / 2));
  const after = await answered(run);
  const { same, kinds } = whole.counts;
  return {
    rows: [
      row('reconcile-fhir', `${persons} people of one council, from its server`, [whole.seconds, 's']),
      row('reconcile-fhir', 'most requests in a minute', [whole.asked.busiestMinute, 'requests'], { most: REQUESTS }),
      row('reconcile-fhir', 'highest memory', [whole.highest, 'MB'], HIGHEST_MB),
      row(
        'reconcile-fhir',
        'killed halfway: asked again',
        [before + after.asked.requests - whole.asked.requests, 'requests'],
        {
          most: 1,
        },
      ),
    ],
    problems: [
      ...problems,
      ...unless('reconcile-fhir: people who lack something there', kinds['missing-there'], lost),
      ...unless('reconcile-fhir: the same', same, persons - lost),
      ...unless('reconcile-fhir: the same, killed halfway', after.counts.same, same),
    ],
    details: { reconcileFhir: { persons, lost, whole: whole.asked, killedAfter: before, afterwards: after.asked } },
  };
}

/** What the council was told, as a server would give it, but for what is lost; and how many people lack something. */
async function writeRegister(pool: Pool, folder: string): Promise<number> {
  const tables = benchTables();
  const files = await Promise.all(
    PARTS.map(async (type) => ({ type, file: await open(join(folder, fileOf(type)), 'w') })),
  );
  const asked = { bodies: [COUNCILS[0]], personKeys: null, from: null, until: null, limit: 1_000 };
  let told = 0;
  for (let after: string | undefined = '0'; after !== undefined; ) {
    const versions = await pulledStore(pool).versions({ ...asked, after });
    const kept = versions.flatMap((version, at) => keptOf(version, told + at + 1, tables));
    told += versions.length;
    for (const { type, file } of files) {
      const own = kept.filter(({ resource }) => resource.resourceType === type);
      await file.write(own.map((each) => `${JSON.stringify(each)}\n`).join(''));
    }
    after = versions.at(-1)?.id;
  }
  for (const { file } of files) await file.close();
  return Math.floor(told / LOST) + Math.floor((told + LOST / 2) / LOST);
}

function keptOf({ content, recordVersion }: PulledVersion, nth: number, { site, directory }: Tables): Kept[] {
  if (nth % LOST === 0) return [];
  const isFlagLost = nth % LOST === LOST / 2;
  const version = content as LedgerContent; // written by us
  const { birthDate } = version.publication.patient;
  const patient = { resourceType: 'Patient', id: String(nth), ...(birthDate === null ? {} : { birthDate }) };
  return stampedVersion(version, recordVersion, site, directory)
    .resources.filter(({ resourceType }) => !isFlagLost || resourceType !== 'Flag')
    .map((resource) => ({ resource: { ...resource, id: resource.identifier[0].value }, patient }));
}

type Run = { house: House; keeper: Keeper; url: string; siteFile: string; to: string };

const begun = ({ house, siteFile, to }: Run): Child =>
  house.command(['reconcile', '--council', COUNCILS[0], '--rate', String(REQUESTS), '--json'], to, siteFile);

const askedOf = async ({ url }: Run): Promise<Asked> => (await (await fetch(`${url}/asked`)).json()) as Asked;

async function answered(run: Run) {
  const from = performance.now();
  const child = begun(run);
  const samples = sampling(child.pid);
  run.keeper.undo(async () => void samples.stop());
  const code = await child.ended;
  const seconds = (performance.now() - from) / 1_000;
  const highest = Math.max(...samples.stop(), 0);
  if (code !== 0 && code !== 1) throw new Error(`reconcile ended with exit code ${code}: ${child.printed()}`);
  const { counts } = JSON.parse(await readFile(run.to, 'utf8')) as { counts: ReconcileCounts };
  return { counts, seconds, highest, asked: await askedOf(run) };
}

/** Nothing is given time to tidy up. How many requests it had made. */
async function killedAfter(run: Run, requests: number): Promise<number> {
  const child = begun(run);
  let made = 0;
  while (made < requests) {
    await sleep(LOOKS_EVERY_MS);
    made += (await askedOf(run)).requests;
  }
  process.kill(child.pid, 'SIGKILL');
  await child.ended;
  return made + (await askedOf(run)).requests;
}
