import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { describeNeeding } from './needs.js';
import { startRedis } from './redis.js';

describeNeeding('redis', 'the Redis of the tests', () => {
  test('killed without warning, it comes back on the same address with what it had acknowledged', async () => {
    const redis = await startRedis();
    const client = new Redis(redis.url, { retryStrategy: () => 20 });
    client.on('error', () => {});
    try {
      await client.set('acknowledged', 'yes');
      await redis.kill();
      await redis.start();
      expect(await client.get('acknowledged')).toBe('yes');
    } finally {
      client.disconnect();
      await redis.close();
    }
  });
});
