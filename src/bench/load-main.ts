import { type Load, runLoad } from './load.js';
import { endWithParent } from './orphan.js';

endWithParent();
const load = JSON.parse(process.argv[2] ?? '{}') as Load;
process.stdout.write(`${JSON.stringify(await runLoad(load))}\n`);
