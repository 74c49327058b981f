import { Fault } from '../fault.js';
import { recordFacts } from '../flow/record.js';
import { readStatedFacts } from '../interpret/stated.js';
import { londonDay } from '../register/day.js';
import type { Installation } from './installation.js';
import { wrapped } from './report.js';
import { sendByHttp, sendFhir, sendPipelined } from './sender.js';
import type { Story } from './stage.js';

const COLUMNS = { who: 15, title: 48 };
const INDENT = ' '.repeat(18);

/** Plays one story as its sender would, and says what was sent and what came back. */
export async function playStory(story: Story, installation: Installation): Promise<string[]> {
  const what = `  ${story.who.padEnd(COLUMNS.who)} ${story.title.padEnd(COLUMNS.title)}`;
  if (story.by === 'officer') {
    await record(story.fact, installation);
    return [`${what} recorded`];
  }
  const texts = story.messages.map(({ text }) => text);
  const answers = await SENDING[story.by](texts, installation);
  const triggers = story.messages.map(({ trigger }) => trigger).join(' ');
  const codes = answers.map(({ code }) => code).join(' ');
  const refusals = answers.flatMap(({ code, text }) => (TAKEN.has(code) || text === null ? [] : wrapped(text, INDENT)));
  return [`${what} ${story.by.toUpperCase()} ${triggers} → ${codes}`, ...refusals];
}

const TAKEN = new Set(['AA', '200']);

const SENDING = {
  mllp: (texts: string[], { mllpPort }: Installation) => sendPipelined(mllpPort, texts),
  http: (texts: string[], { httpPort }: Installation) => sendByHttp(httpPort, texts),
  fhir: (texts: string[], { httpPort }: Installation) => sendFhir(httpPort, texts),
};

/** As an officer's `aftercare record` would. */
async function record(fact: object, { own }: Installation): Promise<void> {
  const { site, mappings, directory } = own.tables(null);
  const read = readStatedFacts(JSON.stringify(fact), mappings.codes);
  if (read.kind === 'mistakes') throw mistaken(read.mistakes);
  const { pool } = await own.database();
  const now = () => new Date();
  const today = () => londonDay(now().toISOString());
  await recordFacts(read.facts, 'demonstration', { pool, site, directory, now, today });
}

const mistaken = (mistakes: readonly string[]): Fault =>
  new Fault({
    code: 'usage',
    where: 'demonstration',
    text: mistakes.join('; '),
    next: 'report this: it is our mistake',
  });
