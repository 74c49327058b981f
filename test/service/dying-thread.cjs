// Loaded into every thread of a service: the one that works dies when the file is there that DIES_AT names.
const { existsSync, rmSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const { DIES_AT } = process.env;

if (!isMainThread && DIES_AT !== undefined) {
  setInterval(() => {
    if (!existsSync(DIES_AT)) return;
    rmSync(DIES_AT);
    throw new Error('died');
  }, 20).unref();
}
