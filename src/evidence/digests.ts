import { canonical, sha256 } from '../seal/canonical.js';
import type { Proof } from './document.js';

/** Of each part of the data, and of each item of a list: what was altered can then be named. */
export const digestsOf = (data: Readonly<Record<string, unknown>>): Proof['digests'] =>
  Object.fromEntries(
    Object.entries(data).map(([name, part]) => [
      name,
      Array.isArray(part) ? part.map((item) => sha256(canonical(item))) : sha256(canonical(part)),
    ]),
  );

/** What is sealed of a document when it is made: its data and its page. */
export const madeReason = (digests: Proof['digests'], page: string | null): string =>
  `document sha256 ${sha256(canonical({ digests, page }))}`;
