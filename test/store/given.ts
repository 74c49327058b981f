import { randomUUID } from 'node:crypto';
import type { LedgerStore, NewPublication } from '../../src/store/ledger.js';
import type { Named, PersonKeyStore } from '../../src/store/person-keys.js';

/** The key of the person whom these nodes name; the first NHS number among them answers. */
export async function keyFor(
  keys: Pick<PersonKeyStore, 'keysFor'>,
  nodes: Named['nodes'],
): Promise<{ key: string; merged: string[] }> {
  const number = nodes.find((node) => node.startsWith('nhs:')) ?? null;
  const [given] = await keys.keysFor([{ number, nodes }], randomUUID);
  if (!given) throw new Error('no key was given');
  return given;
}

export const aNode = (): [string] => [`local:RXT:MRN:${randomUUID()}`];

/** Of an NHS number that nobody has. */
export const aNumber = (): [string] => [`nhs:${randomUUID()}`];

/** A version of which only the number matters. */
export const version = (
  personKey: string,
  recordVersion: number,
  over: Partial<NewPublication> = {},
): NewPublication => ({
  personKey,
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
