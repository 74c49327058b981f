import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Measured, row } from './figures.js';
import { here } from './house.js';
import type { Keeper } from './keeper.js';
import type { Bench } from './measure.js';
import { messageOf } from './messages.js';
import { newRun } from './run.js';
import { unless } from './settled.js';

const MESSAGES = 10_000;
const COURSE = 10;
const TARGET = { most: 10 };

const SITE = `
name: Bench
senders: [{ ods: RXT, name: Invented trust, feed: zmh }]
councils: [{ gss: E08000025, destination: { kind: fhir, url: "http://127.0.0.1:9/fhir" } }]
icbs: [{ ods: QHL }]
`;

type Explained = { messages: { outcome: string }[]; register: unknown[] };

/** `aftercare explain` on a file of many messages, from the start of the command to its end. */
export async function measureExplain(keeper: Keeper, { options, say }: Bench): Promise<Measured> {
  const messages = options.messages ?? MESSAGES;
  const persons = Math.ceil(messages / COURSE);
  const folder = await keeper.folder();
  const [file, site, answer] = ['many.hl7', 'site.yaml', 'answer.json'].map((name) => join(folder, name));
  if (!file || !site || !answer) throw new Error('three names make three files');
  await Promise.all([writeMessages(file, messages, persons), writeFile(site, SITE)]);

  const begun = performance.now();
  const explain = keeper.start({
    args: [here('../cli.js'), 'explain', file, '--site', site, '--json'],
    stdoutTo: answer,
  });
  const code = await explain.ended;
  const seconds = (performance.now() - begun) / 1_000;
  say(`explain: ${messages} messages in ${seconds.toFixed(1)} s`);
  if (code !== 0) throw new Error(`explain ended with exit code ${code}`);
  const explained = JSON.parse(await readFile(answer, 'utf8')) as Explained;
  const understood = explained.messages.filter(({ outcome }) => outcome === 'interpreted').length;
  return {
    rows: [row('explain', `${messages} messages`, [seconds, 's'], TARGET)],
    problems: [
      ...unless('explain: messages understood', understood, messages),
      ...unless('explain: persons', explained.register.length, Math.min(persons, messages)),
    ],
    details: { explain: { messages, persons, elapsedMs: Math.round(seconds * 1_000) } },
  };
}

async function writeMessages(file: string, messages: number, persons: number): Promise<void> {
  const people = { kind: 'course', run: newRun(), first: 0, persons } as const;
  const out = createWriteStream(file);
  for (let nth = 0; nth < messages; nth++) {
    out.write(messageOf(nth, people));
    out.write('\r');
  }
  out.end();
  await finished(out);
}
