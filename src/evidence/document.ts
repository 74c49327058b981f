import { z } from 'zod';
import { ORIGINAL_KINDS } from '../seal/originals.js';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Path = z.array(Hash).max(64);
const count = z.number().int().nonnegative();

/** An original as the document has it: its kind and id are looked at here, and all of it by its leaf. */
const AnOriginal = z.looseObject({ kind: z.enum(ORIGINAL_KINDS), id: z.string().regex(/^[1-9]\d{0,14}$/) });

/** Which seal holds an original, and the way from its leaf to the seal's root. */
const ItemProof = z.strictObject({
  kind: z.enum(ORIGINAL_KINDS),
  id: z.string(),
  seal: count,
  index: count,
  path: Path,
});

/** A seal, and the way from its leaf to the head. */
const SealProof = z.strictObject({ seal: count, sealedAt: z.string(), items: count, root: Hash, path: Path });

/**
 * `digests` are of each part of the data, `page` of the page as people read it (null without one). `made` is the line of
 * the audit that this document was made, which holds the digest of both and is sealed with everything else.
 */
const Proof = z.strictObject({
  digests: z.record(z.string(), z.union([Hash, z.array(Hash)])),
  page: Hash.nullable(),
  made: AnOriginal,
  head: z.strictObject({ seals: count, root: Hash, hash: Hash }),
  noted: z.strictObject({ seals: count, root: Hash, hash: Hash, path: Path }).nullable(),
  seals: z.array(SealProof),
  items: z.array(ItemProof),
});

export const EvidenceDocument = z.strictObject({
  evidence: z.literal(1),
  data: z.looseObject({ originals: z.array(AnOriginal) }),
  proof: Proof,
});

/** One person's evidence: what is said, and what proves it. */
export type EvidenceDocument = z.infer<typeof EvidenceDocument>;
export type Proof = EvidenceDocument['proof'];
export type ItemProof = Proof['items'][number];

const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Patient data goes through here as text that neither a browser nor a terminal can take for anything else. */
export const asScript = (json: string): string => json.replace(/[<>&\u007f-\u009f\u2028\u2029]/g, escaped);

/** As a terminal is given JSON, which writes every other control character so by itself. */
export const asPrinted = (json: string): string => json.replace(/[\u007f-\u009f]/g, escaped);

/** In the page of the template, where what is made after the page is put. */
export const PLACES = { proof: '<!--proof-->', data: '<!--data-->' } as const;

const PROOF_BEGINS = '<section id="proof">';
const DATA_BEGINS = '<script type="application/json" id="evidence">';
const DATA_ENDS = '</script>';

/** The whole file: the page, its proof for people, and the data for `verify`. */
export function assemble(page: string, proofText: string, document: EvidenceDocument): string {
  const data = `${DATA_BEGINS}${asScript(JSON.stringify(document))}${DATA_ENDS}`;
  return page
    .replace(PLACES.proof, () => `${PROOF_BEGINS}${proofText}</section>${PLACES.proof}`)
    .replace(PLACES.data, () => `${data}${PLACES.data}`);
}

/** The parts of such a file again; null where it is none. */
export function takeApart(file: string): { page: string; proofText: string; json: string } | null {
  const proof = partBefore(file, PROOF_BEGINS, `</section>${PLACES.proof}`);
  const data = partBefore(file, DATA_BEGINS, `${DATA_ENDS}${PLACES.data}`);
  if (!proof || !data || proof.to > data.from) return null;
  const page = `${file.slice(0, proof.from)}${PLACES.proof}${file.slice(proof.to, data.from)}${PLACES.data}${file.slice(data.to)}`;
  return { page, proofText: proof.text, json: data.text };
}

function partBefore(file: string, begins: string, ends: string): { from: number; to: number; text: string } | null {
  const from = file.indexOf(begins);
  const end = file.indexOf(ends, from);
  if (from < 0 || end < 0) return null;
  return { from, to: end + ends.length, text: file.slice(from + begins.length, end) };
}
