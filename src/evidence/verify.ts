import { canonical, sha256 } from '../seal/canonical.js';
import { type Hash, isConsistent, leafHash, rootFrom } from '../seal/merkle.js';
import { ORIGINAL_KINDS } from '../seal/originals.js';
import { headOf, sealLeaf } from '../seal/sealed.js';
import { digestsOf, madeReason } from './digests.js';
import { asPrinted, asScript, EvidenceDocument, type ItemProof, takeApart } from './document.js';
import { proofText } from './page.js';

/** Which part of the document, and what is wrong with it. */
export type Problem = { item: string; text: string };

/** `agrees`: whether the head is the noted one or is proved to go on from it; null where none was given. */
export type Verdict = {
  problems: Problem[];
  head: { seals: number; hash: string } | null;
  agrees: boolean | null;
  /** Proved originals, by kind. */
  proved: { kind: string; count: number }[];
  seals: number;
  made: string | null;
};

/**
 * Checks a file of `aftercare evidence`, HTML or JSON, against its own proof, and its head against one that was noted.
 */
export function verify(file: string, noted: string | null): Verdict {
  const text = file.trim(); // also of the mark with which some editors begin a file
  const parts = text.startsWith('{') ? null : takeApart(text);
  const json = parts?.json ?? text;
  const read = readDocument(json);
  if (typeof read === 'string') return unreadable(read);
  const { proof } = read;
  const problems = [
    ...(parts === null ? repetition(json) : otherScript(json)),
    ...pageProblems(parts, read),
    ...dataProblems(read),
    ...originalProblems(read),
    ...sealProblems(read),
    ...notedProblems(read),
  ];
  const agrees = noted === null ? null : noted === proof.head.hash || noted === proof.noted?.hash;
  const proved = ORIGINAL_KINDS.map((kind) => ({
    kind,
    count: read.data.originals.filter((o) => o.kind === kind).length,
  }));
  return { problems, head: proof.head, agrees, proved, seals: proof.seals.length, made: String(proof.made.at ?? '') };
}

const unreadable = (text: string): Verdict => ({
  problems: [{ item: 'file', text }],
  head: null,
  agrees: null,
  proved: [],
  seals: 0,
  made: null,
});

const ALTERED = 'it is no evidence document, or its data was altered so that it cannot be read';

function readDocument(json: string): EvidenceDocument | string {
  if (isTooDeep(json)) return ALTERED;
  try {
    const read = EvidenceDocument.safeParse(JSON.parse(json, withoutPrototype));
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    return `it is no evidence document, or its shape was altered at ${issue?.path.join('.') || 'its beginning'}`;
  } catch {
    return ALTERED;
  }
}

/** A member of this name would be read as something else than data, and no digest would see it. */
function withoutPrototype(name: string, value: unknown): unknown {
  if (name === '__proto__') throw new SyntaxError('a member is named __proto__');
  return value;
}

// The service's own documents nest less than twenty deep.
const MAX_DEPTH = 200;

function isTooDeep(json: string): boolean {
  let depth = 0;
  for (const [sign] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/g)) {
    if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** In a page, what a browser could take for more than data stands there escaped, as the service writes it. */
function otherScript(json: string): Problem[] {
  if (json === asScript(JSON.stringify(JSON.parse(json)))) return [];
  return [
    { item: 'data', text: 'it is not written as the service writes it: something stands there twice or unescaped' },
  ];
}

/** A member that stands twice says one thing to this program and perhaps another to the next. */
function repetition(json: string): Problem[] {
  const written = json.replace(/("[^"\\]*(?:\\.[^"\\]*)*")|\s+/g, '$1');
  if (asPrinted(written) === asPrinted(JSON.stringify(JSON.parse(json)))) return [];
  return [{ item: 'data', text: 'it is not written as the service writes it: something stands there twice' }];
}

type Parts = ReturnType<typeof takeApart>;

function pageProblems(parts: Parts, { proof }: EvidenceDocument): Problem[] {
  if (proof.page === null)
    return parts === null ? [] : [{ item: 'page', text: 'this document was made without a page' }];
  if (parts === null) return [{ item: 'page', text: 'this document was made with a page, which is not here' }];
  return [
    ...(sha256(parts.page) === proof.page
      ? []
      : [{ item: 'page', text: 'the page that people read is not as it was made' }]),
    ...(parts.proofText === proofText(proof)
      ? []
      : [{ item: 'page', text: 'the part of the page that tells the proof is not what the proof says' }]),
  ];
}

/** Every part of the data against its digest, and the digests against what was sealed when the document was made. */
function dataProblems({ data, proof }: EvidenceDocument): Problem[] {
  const now = digestsOf(data);
  const names = [...new Set([...Object.keys(now), ...Object.keys(proof.digests)])];
  const altered = names.flatMap((name) => alteredIn(name, now[name], proof.digests[name]));
  const text = 'it is not as it was when the document was made';
  const problems = altered.map((item) => ({ item, text }));
  if (proof.made.kind !== 'look' || proof.made.action !== 'evidence-made')
    problems.push({ item: 'proof.made', text: 'it is not the record that a document was made' });
  if (proof.made.reason !== madeReason(proof.digests, proof.page))
    problems.push({ item: 'proof.digests', text: 'they are not those that were sealed when the document was made' });
  return problems;
}

type Digest = string | string[] | undefined;

function alteredIn(name: string, now: Digest, then: Digest): string[] {
  if (!Array.isArray(now) || !Array.isArray(then)) return now === then ? [] : [name];
  const places = Array.from({ length: Math.max(now.length, then.length) }, (_, at) => at);
  return places.filter((at) => now[at] !== then[at]).map((at) => `${name}[${at}]`);
}

/** The leaf of each original, worked out of the document alone, and its way to the root of its seal. */
function originalProblems({ data, proof }: EvidenceDocument): Problem[] {
  const proofs = new Map(proof.items.map((item) => [`${item.kind} ${item.id}`, item]));
  const seals = new Map(proof.seals.map((seal) => [seal.seal, seal]));
  return [...data.originals, proof.made].flatMap((original) => {
    const item = `${original.kind} ${original.id}`;
    const found = proofs.get(item);
    const seal = found && seals.get(found.seal);
    if (!found || !seal) return [{ item, text: 'no seal covers it: nothing proves it' }];
    const root = rootFrom(leafHash(canonical(original)), found.index, seal.items, hashes(found.path));
    return root?.equals(hash(seal.root)) ? [] : [{ item, text: alteredText(found) }];
  });
}

const alteredText = ({ seal }: ItemProof): string => `it is not what was sealed in seal ${seal}`;

function sealProblems({ proof: { head, seals } }: EvidenceDocument): Problem[] {
  const headProblems = headOf({ seals: head.seals, root: head.root }) === head.hash ? [] : [WRONG_HEAD];
  const sealed = seals.flatMap(({ path, ...seal }) => {
    const root = rootFrom(sealLeaf(seal), seal.seal - 1, head.seals, hashes(path));
    return root?.equals(hash(head.root)) ? [] : [{ item: `seal ${seal.seal}`, text: 'it is not under the head' }];
  });
  return [...headProblems, ...sealed];
}

const WRONG_HEAD: Problem = { item: 'proof.head', text: 'it is not the head of these seals' };

function notedProblems({ proof: { head, noted } }: EvidenceDocument): Problem[] {
  if (noted === null) return [];
  const [older, newer] = [
    { size: noted.seals, hash: hash(noted.root) },
    { size: head.seals, hash: hash(head.root) },
  ];
  const isHead = headOf({ seals: noted.seals, root: noted.root }) === noted.hash;
  if (isHead && isConsistent(older, newer, hashes(noted.path))) return [];
  return [{ item: 'proof.noted', text: 'the head does not go on from the one that was noted' }];
}

const hash = (text: string): Hash => Buffer.from(text, 'hex');
const hashes = (texts: readonly string[]): Hash[] => texts.map(hash);
