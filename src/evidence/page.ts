import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';
import { dayText, inWords, momentText, nhsNumberText, whenTrueText } from '../console/clock.js';
import { drawn } from '../console/timeline-drawing.js';
import { wording } from '../console/wording.js';
import type { Original, OriginalKind } from '../seal/originals.js';
import type { EvidenceData, FactRow } from './data.js';
import type { Proof } from './document.js';

// Two folders up from src and from dist alike.
const folder = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/**
 * The document as people read it: one page without scripts and without anything from outside. Made of the data alone.
 */
export function drawPage(data: EvidenceData): string {
  const names = new Map(data.bodies.map(({ code, name }) => [code, name]));
  const views = new nunjucks.Environment(
    new nunjucks.FileSystemLoader([folder('evidence/'), folder('console/views/')]),
    { autoescape: true, trimBlocks: true, lstripBlocks: true },
  );
  views.addFilter('moment', momentText);
  views.addFilter('whenTrue', whenTrueText);
  views.addFilter('day', dayText);
  views.addFilter('inWords', (text: string) => withNames(inWords(text), names));
  views.addFilter('nhs', nhsNumberText);
  views.addFilter('bodyName', (code: string) => names.get(code) ?? code);
  views.addGlobal('wording', wording);
  return plain(views.render('page.njk', modelOf(data)).trim());
}

/** A page has no control characters: no terminal and no reader changes any. */
const plain = (text: string): string => text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\t\n]/gu, '\uFFFD');

const withNames = (text: string, names: ReadonlyMap<string, string>): string =>
  text.replace(/\b[A-Z0-9]{3,9}\b/g, (code) => {
    const name = names.get(code);
    return name === undefined ? code : `${name} (${code})`;
  });

const ofKind = <K extends OriginalKind>(originals: readonly Original[], kind: K): Extract<Original, { kind: K }>[] =>
  originals.filter((each): each is Extract<Original, { kind: K }> => each.kind === kind);

/** Kinds that have a part of the page to themselves. */
const PLANS: readonly FactRow['kind'][] = ['plan', 'care-plan', 'care-plan-withdrawn'];
const APART: readonly FactRow['kind'][] = [...PLANS, 'review', 'charge'];

function modelOf(data: EvidenceData): object {
  const { about, facts, originals } = data;
  const rows = facts.map((fact) => ({ ...fact, standing: fact.said.some(({ until }) => until === null) }));
  const attempts = ofKind(originals, 'attempt');
  return {
    data: { ...data, facts: rows },
    name: about.name && [about.name.family?.toUpperCase(), about.name.given.join(' ')].filter(Boolean).join(', '),
    numbers: new Set(data.known.map(({ nhsNumber }) => nhsNumber)).size,
    timeline: drawn(data.timeline, about.asOf),
    places: Object.fromEntries(facts.map(({ id }, at) => [id, at + 1])),
    stated: rows.filter(({ byPerson, kind }) => byPerson && !APART.includes(kind)),
    plans: rows.filter(({ kind }) => PLANS.includes(kind)),
    reviews: rows.filter(({ kind }) => kind === 'review'),
    versions: ofKind(originals, 'version').map((version) => ({
      version,
      episodes: episodesIn(version.content),
      attempts: attempts.filter((attempt) => attempt.version === version.id),
    })),
    messages: ofKind(originals, 'message'),
    statements: ofKind(originals, 'stated-fact'),
    looks: ofKind(originals, 'look'),
  };
}

/**
 * The episodes of a version of the ledger; none where the content is no longer of that shape, which the seal then
 * tells.
 */
function episodesIn(content: unknown): unknown[] {
  const publication = memberOf(content, 'publication');
  const episodes = memberOf(publication, 'episodes');
  return Array.isArray(episodes) ? episodes : [];
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

/** What proves the document, for people; the hashes themselves are in the data. Nothing of it comes from outside. */
export const proofText = ({ head, made, seals, items }: Proof): string =>
  [
    '<h2>What proves this document</h2>',
    '<p>The originals that this document rests on were sealed by the service soon after they were received or made:',
    `each is in one of ${sealCount(seals.length)}, under the one head of all the service’s seals.`,
    'Change one byte of an original, and the head is another one.</p>',
    '<dl class="who">',
    `<dt>Head</dt><dd class="hash">${head.hash}</dd>`,
    `<dt>Over</dt><dd>${sealCount(head.seals)}</dd>`,
    `<dt>Proved</dt><dd>${items.length} originals, among them the record that this document was made (look ${Number(made.id)})</dd>`,
    '</dl>',
    '<p>To check it, on any machine: <span class="code">aftercare verify FILE --head HEAD</span>, with the head that you or',
    'another body have noted. A head that only this document tells proves that the document agrees with itself.</p>',
  ].join('\n');

const sealCount = (count: number): string => `${count} seal${count === 1 ? '' : 's'}`;
