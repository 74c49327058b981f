import { pause } from '../support/process.js';
import { type Case, chaos, counted, seconds } from './chaos.js';
import type { Manner } from './sink.js';

const MANNERS: Manner[] = ['answers-500', 'half-an-answer', 'no-answer', 'nonsense', 'slow-drip'];

const badly = (manner: Manner): Case => ({
  people: 100,
  trouble: async ({ town: { council }, tell }) => {
    council.manner = () => manner;
    await pause(25_000);
    tell(`${council.transactions()} transactions came meanwhile`);
    council.manner = () => 'well';
  },
});

chaos('council-500', 'the council answers 500 to everything for a while', badly('answers-500'));
chaos('council-half', 'it answers by half and closes', badly('half-an-answer'));
chaos('council-silent', 'it answers nothing until we give up', badly('no-answer'));
chaos('council-nonsense', 'it answers 200 with a page', badly('nonsense'));
chaos('council-drip', 'its answer comes a byte at a time and never ends', badly('slow-drip'));

chaos('council-every-trouble', 'one request in two is answered badly, each time in another manner', {
  people: 300,
  trouble: async ({ town: { council }, acknowledgedPart }) => {
    council.manner = (request) => (request % 2 === 0 ? (MANNERS[(request / 2) % MANNERS.length] ?? 'well') : 'well');
    await acknowledgedPart(0.9);
    await pause(20_000);
    council.manner = () => 'well';
  },
});

chaos('council-down', 'ten thousand wait for a council that is down; the service is killed; the council comes back', {
  people: counted(10_000),
  play: { mllp: 8, http: 0, withinMs: 600_000 },
  trouble: async ({ town, tally, people, tell }) => {
    await town.council.refuseConnections();
    const all = people.length * 2;
    while (tally.acknowledged.size < all) await pause(100);
    await town.kill('SIGKILL');
    tell(`${people.length} people waiting, listening again after ${seconds(await town.start())}`);
    await town.council.acceptConnections();
    const back = Date.now();
    while (town.council.flags().length < people.length / 2) await pause(100);
    await town.kill('SIGKILL');
    await town.start();
    while (town.council.flags().length < people.length) await pause(100);
    tell(`everybody known to it ${seconds(Date.now() - back)} later, with another kill on the way`);
  },
});
