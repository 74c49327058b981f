// A thread that ends as soon as it is asked for anything, and says nothing.
const { parentPort } = require('node:worker_threads');

parentPort.once('message', () => process.exit(1));
