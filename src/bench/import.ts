import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Measured, row } from './figures.js';
import { type House, openHouse } from './house.js';
import type { Keeper } from './keeper.js';
import { type Bench, onPostgres } from './measure.js';
import { unless } from './settled.js';

const POSTCODES = 1_000_000;
const TARGET = { most: 120 };

/** The columns of the ONS Postcode Directory of 2025: most of a line is of no use here, and is read all the same. */
const HEADER =
  'pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty25cd,ced25cd,lad25cd,wd25cd,nhser24cd,ctry25cd,rgn25cd,pcon24cd,ttwa15cd,itl25cd,npark16cd,lsoa21cd,msoa21cd,wz11cd,sicbl24cd,bua24cd,ruc21ind,oac11ind,lat,long,lep21cd1,lep21cd2,pfa23cd,imd20ind,icb23cd';

/** A national postcode file, as the command imports it into an empty database, and once more. */
export async function measureImport(keeper: Keeper, bench: Bench): Promise<Measured> {
  const postcodes = bench.options.messages ?? POSTCODES;
  const file = join(await keeper.folder(), 'ONSPD.csv');
  await writePostcodes(file, postcodes);
  const house = await openHouse(keeper, onPostgres(bench));
  // The schema is made before, and an embedded server runs already.
  await (await house.start()).stop();
  await house.database();
  const first = await imported(file, house, keeper);
  const again = await imported(file, house, keeper);
  await house.letGo();
  bench.say(`import: ${postcodes} postcodes in ${first.seconds.toFixed(1)} s, again in ${again.seconds.toFixed(1)} s`);
  return {
    rows: [
      row('import', `${postcodes} postcodes`, [first.seconds, 's'], TARGET),
      row('import', 'the same file again', [again.seconds, 's'], TARGET),
    ],
    problems: [
      ...unless('import: new postcodes', first.added, postcodes),
      ...unless('import: as before, the second time', again.same, postcodes),
    ],
    details: {
      import: { postcodes, firstMs: Math.round(first.seconds * 1_000), againMs: Math.round(again.seconds * 1_000) },
    },
  };
}

async function imported(file: string, house: House, keeper: Keeper) {
  const answer = join(await keeper.folder(), 'answer.json');
  const begun = performance.now();
  const code = await house.command(['organisations', 'import', file, '--json'], answer).ended;
  const seconds = (performance.now() - begun) / 1_000;
  if (code !== 0) throw new Error(`organisations import ended with exit code ${code}`);
  const { added, same } = JSON.parse(await readFile(answer, 'utf8')) as { added: number; same: number };
  return { seconds, added, same };
}

async function writePostcodes(file: string, postcodes: number): Promise<void> {
  const names = HEADER.split(',');
  const out = createWriteStream(file);
  out.write(`${HEADER}\r\n`);
  for (let nth = 0; nth < postcodes; nth++) {
    const told = cellsOf(nth);
    const line = names.map((name) => `"${told[name] ?? 'E99999999'}"`).join(',');
    if (!out.write(`${line}\r\n`)) await new Promise<void>((resolve) => void out.once('drain', resolve));
  }
  out.end();
  await finished(out);
}

const LETTERS = 'ABDEFGHJLNPQRSTUWXYZ';
const letters = (nth: number): string =>
  `${LETTERS[nth % LETTERS.length]}${LETTERS[Math.floor(nth / LETTERS.length) % LETTERS.length]}`;

/** Invented, and each once: up to 3,600,000 of them. */
function cellsOf(nth: number): Record<string, string> {
  const unit = letters(nth);
  const [sector, district] = [Math.floor(nth / 400) % 10, Math.floor(nth / 4_000) % 90];
  const area = LETTERS[Math.floor(nth / 360_000) % LETTERS.length];
  const [outward, inward] = [`${area}${area}${district + 10}`, `${sector}${unit}`];
  const lsoa = `E0100${String(nth % 10_000).padStart(4, '0')}`;
  const places = { lad25cd: 'E08000025', lsoa21cd: lsoa, sicbl24cd: 'E38000258', icb23cd: 'E54000055' };
  return {
    pcd7: outward + inward,
    pcd8: `${outward} ${inward}`,
    pcds: `${outward} ${inward}`,
    dointr: '198001',
    doterm: '',
    ...places,
  };
}
