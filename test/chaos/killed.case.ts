import { chaos, type Story, seconds } from './chaos.js';

const PEOPLE = 1_000;

const killedTwice = async ({ town, acknowledgedPart, tell }: Story) => {
  for (const share of [0.25, 0.6]) {
    await acknowledgedPart(share);
    await town.kill('SIGKILL');
    tell(`listening again after ${seconds(await town.start())}`);
  }
};

chaos('kill-9', 'the service is killed twice under load', { people: PEOPLE, trouble: killedTwice });

chaos('kill-9-redis', 'the same with queues in Redis', {
  needs: { queue: 'redis' },
  people: PEOPLE,
  trouble: killedTwice,
});

chaos('database-immediate', 'the database is stopped at once and started again, twice', {
  needs: { database: 'own' },
  people: PEOPLE,
  trouble: async ({ town, acknowledgedPart }) => {
    for (const share of [0.25, 0.6]) {
      await acknowledgedPart(share);
      await town.server?.stop();
      await town.server?.start();
    }
  },
});
