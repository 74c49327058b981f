import { endWithParent } from './orphan.js';
import { startSink } from './sink.js';

endWithParent();
const sink = await startSink();
process.stdout.write(`${sink.url}\n`);
