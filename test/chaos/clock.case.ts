import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { pause } from '../support/process.js';
import { chaos } from './chaos.js';

/**
 * A clock that jumps, in front of everything else that each thread of the process loads: a file says by how many
 * milliseconds it is wrong. The database's clock stays right, as on two machines of which one is set.
 */
const CLOCK = `
const { readFileSync } = require('node:fs');
let off = 0;
setInterval(() => { off = Number(readFileSync(process.env.CLOCK_FILE, 'utf8')); }, 100).unref();
const now = Date.now;
Date.now = () => now() + off;
globalThis.Date = new Proxy(Date, {
  construct: (real, given, target) => Reflect.construct(real, given.length === 0 ? [Date.now()] : given, target),
  apply: () => new Date().toString(),
});
`;

const HOUR_MS = 3_600_000;
/** Nothing waits for that day: what is tried again, and when, is by the clock of the database. */
const AHEAD_MS = 24 * HOUR_MS;
const folder = mkdtempSync(join(tmpdir(), 'aftercare-clock-'));
const program = join(folder, 'clock.cjs');
const offset = join(folder, 'offset');
writeFileSync(program, CLOCK);
writeFileSync(offset, '0');
afterAll(() => rmSync(folder, { recursive: true }));

chaos('clock-jump', "the service's clock jumps ahead, and back by an hour, under load and while the council is down", {
  needs: { environment: { NODE_OPTIONS: `--require=${program}`, CLOCK_FILE: offset } },
  people: 400,
  trouble: async ({ town, acknowledgedPart }) => {
    const jump = async (ms: number) => {
      writeFileSync(offset, String(ms));
      await pause(3_000);
    };
    await acknowledgedPart(0.2);
    await town.council.refuseConnections();
    await jump(AHEAD_MS);
    await acknowledgedPart(0.5);
    await jump(-HOUR_MS);
    await acknowledgedPart(0.7);
    await jump(0);
    await town.council.acceptConnections();
  },
});
