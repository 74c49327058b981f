import { startSink } from './sink.js';

const sink = await startSink();
process.stdout.write(`${sink.url}\n`);
process.once('SIGTERM', () => process.exit(0));
