import { endWithParent } from './orphan.js';
import { startRegisterServer } from './register-server.js';

endWithParent();
const { url } = await startRegisterServer(process.argv[2] ?? '.');
process.stdout.write(`${url}\n`);
