import type { Pool } from 'pg';
import type { Site } from '../site.js';
import { rebuildStore } from '../store/rebuild.js';
import { type Finding, findingsOf } from './finding.js';
import { namesOfGone, PUT_BACK } from './senders-gone.js';

const { ok, wrong } = findingsOf('senders');

/** Whether every sender whose messages are kept can be read again. */
export async function senderFindings(pool: Pool, site: Site): Promise<Finding[]> {
  const gone = namesOfGone(await rebuildStore(pool).senders(), site);
  if (gone.length === 0) return [ok('whoever sent what is kept is in the site file')];
  return [
    wrong(
      `the site file lacks ${gone.join(', ')}, who sent messages that are kept: they cannot be rebuilt or replayed`,
      PUT_BACK,
    ),
  ];
}
