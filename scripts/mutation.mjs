import { ROOT, run } from './prepare.mjs';

/** The files to change, such as `src/register/clocks.ts`; none: the whole register. */
const files = process.argv.slice(2);

const stryker = `${ROOT}/node_modules/@stryker-mutator/core/bin/stryker.js`;
const only = files.length > 0 ? ['--mutate', files.join()] : [];
process.exit(run(process.execPath, [stryker, 'run', ...only]) ? 0 : 1);
