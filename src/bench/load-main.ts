import { parseArgs } from 'node:util';
import { closedLoop } from './load.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '2575' },
    connections: { type: 'string', default: '32' },
    seconds: { type: 'string', default: '5' },
    persons: { type: 'string', default: '0' },
    first: { type: 'string', default: '0' },
  },
});

const result = await closedLoop({
  port: Number(values.port),
  connections: Number(values.connections),
  seconds: Number(values.seconds),
  persons: Number(values.persons),
  first: Number(values.first),
});
process.stdout.write(`${JSON.stringify(result)}\n`);
