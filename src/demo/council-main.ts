import { parseArgs } from 'node:util';
import { startCouncil } from './council.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    name: { type: 'string', default: 'Council' },
    quiet: { type: 'boolean', default: false },
  },
});

const council = await startCouncil({
  port: Number(values.port),
  host: values.host,
  name: values.name,
  ...(values.quiet ? {} : { log: (line: string) => void process.stderr.write(`${values.name}: ${line}\n`) }),
});
const end = () => void council.stop().then(() => process.exit(0));
process.once('SIGTERM', end).once('SIGINT', end);

// A parent that is killed cannot say so: its child is then given to another process.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) end();
}, 500).unref();

// Said last, for whoever waits for it may end this process at once.
process.stdout.write(`${council.url}\n`);
