import { randomUUID } from 'node:crypto';
import type { LedgerStore, NewPublication } from '../../src/store/ledger.js';

type Anchors = readonly [string, ...string[]];

/** The key of the person whom these nodes name. */
export async function keyFor(
  ledger: Pick<LedgerStore, 'keysFor'>,
  anchors: Anchors,
): Promise<{ key: string; merged: string[] }> {
  const [given] = await ledger.keysFor([anchors], randomUUID);
  if (!given) throw new Error('no key was given');
  return given;
}

export const aNode = (): [string] => [`local:RXT:MRN:${randomUUID()}`];

/** A version of which only the number matters. */
export const version = (
  personKey: string,
  recordVersion: number,
  over: Partial<NewPublication> = {},
): NewPublication => ({
  personKeys: [personKey],
  body: 'E08000025',
  bodyKind: 'council',
  recordVersion,
  content: { recordVersion },
  digest: Buffer.from([recordVersion]),
  ids: [],
  ...over,
});

/** The row of the newest version. */
export async function newestOf(ledger: Pick<LedgerStore, 'history'>, personKey: string): Promise<string> {
  const row = (await ledger.history([personKey])).at(-1);
  if (!row) throw new Error('nothing was published');
  return row.id;
}
