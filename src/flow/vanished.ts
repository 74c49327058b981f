import type { Person } from '../register/identity.js';
import { nhsNode } from '../register/nodes.js';

/**
 * Somebody of whom nothing is left that anybody says: every statement was taken back, and what bodies were told is still
 * in the ledger. `nodes`: the identifiers by which they were known.
 */
export const vanishedPerson = (nodes: readonly string[]): Person => ({
  nodes: [...nodes].sort(),
  nhsNumber: nodes.find((node) => node.startsWith(NUMBER))?.slice(NUMBER.length) ?? null,
  formerNhsNumbers: [],
  localIds: [],
  facts: [],
  sharedPeriods: [],
  doubts: [],
  countedInError: { facts: [], because: [] },
});

const NUMBER = nhsNode('');
