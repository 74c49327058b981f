import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { interpretBytes } from '../../../src/flow/admit.js';
import { splitMessages } from '../../../src/hl7v2/batch.js';
import { readHeader } from '../../../src/hl7v2/header.js';
import { loadMappings } from '../../../src/interpret/mappings.js';
import { MAPPINGS } from '../../../src/tables.js';

/** Messages that others published, not part of this repository; where they are absent there is nothing to read. */
const FOLDER = join(process.cwd(), '../shared/data/hl7');
const published = existsSync(FOLDER)
  ? readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.hl7'))
      .flatMap((file) => splitMessages(readFileSync(join(FOLDER, file))))
      .filter((message) => readHeader(message) !== null)
  : [];

const FEEDS = ['itk-hl7uk', 'mha-office', 'millennium-2.3', 'obx', 'simhospital', 'zmh'];
const mappings = loadMappings(MAPPINGS, FEEDS);

test.each(FEEDS)(
  '%s: published messages are interpreted, ignored or parked with a reason, and none shows a section',
  (feed) => {
    for (const message of published) {
      const { fault, facts } = interpretBytes(message, { ods: 'RXT', feed, timeZone: 'Europe/London' }, mappings);
      if (fault) expect(fault.code).not.toBe('interpret-failed');
      expect(facts.filter(({ kind }) => kind === 'detention')).toEqual([]);
    }
  },
);

test('an admission and a discharge of another country are a stay all the same, of a person without an NHS number', () => {
  const facts = published
    .filter((message) => ['A01', 'A03'].includes(readHeader(message)?.trigger ?? ''))
    .flatMap(
      (message) =>
        interpretBytes(message, { ods: 'RXT', feed: 'itk-hl7uk', timeZone: 'Europe/London' }, mappings).facts,
    );
  if (published.length > 0) expect(new Set(facts.map(({ kind }) => kind))).toContain('admitted');
  expect(facts.filter(({ nhsNumber }) => nhsNumber !== null)).toEqual([]);
});
