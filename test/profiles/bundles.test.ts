import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Bundle, Resource } from 'fhir/r4.js';
import { type Council, startCouncil } from '../../src/demo/council.js';
import { transactionBundle } from '../../src/publish/bundle.js';
import { organisationsOn } from '../../src/publish/organisations.js';
import { publish } from '../../src/publish/publish.js';
import { stamp } from '../../src/publish/stamp.js';
import { type Adt, HOME, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tables, tell } from '../scenarios/tell.js';
import { heldBy, versionOf } from '../support/service.js';
import { faultsOf } from './validator.js';

const FOLDER = new URL('../../profiles/examples/bundles/', import.meta.url);

const ADMITTED: Adt = {
  trigger: 'A01',
  sentAt: '20260105093000',
  admitted: '20260101080000',
  periods: [{ ...SECTION_3, to: '' }],
};
const PLAN: Stated = {
  kind: 'plan',
  agreedOn: '2026-03-02',
  lead: { name: 'An Officer', role: 'social worker' },
  needs: [
    {
      text: 'Somewhere to live',
      services: [{ text: 'Supported living', provider: 'An invented provider', fundedBy: 's117' }],
    },
    { text: 'Company during the day', services: [] },
  ],
  reviewDue: '2026-09-02',
};
const noLongerNeeded = (body: string, decidedOn: string): Stated => ({
  kind: 'aftercare-decision',
  body,
  decision: 'no-longer-needed',
  decidedOn,
  reasons: ['needs-reassessed-none-remaining'],
  personInvolved: true,
});

/** One person through a year and a half, as her council hears of it: each is the whole of what one version says. */
const STORY: { file: string; on: string; messages: Adt[]; stated: Stated[]; read: boolean }[] = [
  { file: '1-in-hospital.json', on: '2026-01-05', messages: [ADMITTED], stated: [], read: false },
  { file: '2-left-hospital.json', on: '2026-03-01', messages: [ADMITTED, HOME], stated: [], read: false },
  { file: '3-plan-agreed-sent-again.json', on: '2026-03-02', messages: [ADMITTED, HOME], stated: [PLAN], read: true },
  {
    file: '4-no-longer-needed.json',
    on: '2027-05-04',
    messages: [ADMITTED, HOME],
    stated: [PLAN, noLongerNeeded('council', '2027-05-01'), noLongerNeeded('icb', '2027-05-04')],
    read: false,
  },
];

const IDS = {
  episode: '7d3c7d3e-5a53-4f0b-9a55-0f0d9c4c1a01',
  flag: '1f6a4c52-93f0-4d5c-8f3a-6c1f0a8e2b02',
  carePlan: 'c2b8e1d4-6b7f-4e0a-bd0e-3a9f5d7c4c03',
};

/** Where `read`, a lost answer made the service read first: it then names the versions that it found. */
function bundleOf({ on, messages, stated, read }: (typeof STORY)[number], recordVersion: number): Bundle {
  const [entry] = tell(messages, on, stated).register;
  const [publication] = entry ? publish(entry, tables.site.policies) : [];
  if (!publication) throw new Error(`nothing is sent on ${on}`);
  const ids = publication.episodes.map(({ anchors }) => ({ anchors, ...IDS }));
  const context = {
    recordedAt: `${on}T10:00:00Z`,
    recordedBy: { name: tables.site.name, ods: null },
    organisationOf: organisationsOn(tables.directory, on),
  };
  const held = new Map(read ? Object.values(IDS).map((id) => [id, id === IDS.flag ? '1' : '2']) : []);
  return transactionBundle(publication.patient, stamp(publication, ids, recordVersion, context), held);
}

const textOf = (bundle: Bundle): string => `${JSON.stringify(bundle, null, 2)}\n`;

describe('the Bundles in profiles/examples/bundles are what the service sends', () => {
  test.each(STORY.map((step, row) => ({ ...step, version: row + 1 })))('$file', (step) => {
    const bundle = textOf(bundleOf(step, step.version));
    const file = new URL(step.file, FOLDER);
    // WRITE_EXAMPLES=1 writes them anew, to be read before they are kept.
    if (process.env.WRITE_EXAMPLES === '1') {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(file, bundle);
    }
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(bundle);
  });

  test('and no others are there', () => {
    expect(readdirSync(FOLDER)).toEqual(STORY.map(({ file }) => file));
  });

  test.each(STORY)('every resource of $file is valid', ({ file }) => {
    const { entry = [] } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Bundle;
    expect(entry.flatMap(({ resource }) => faultsOf(resource as Resource))).toEqual([]);
  });
});

describe("at a council's server", () => {
  let council: Council;
  beforeAll(async () => {
    council = await startCouncil({ port: 0, name: 'Testshire' });
  });
  afterAll(() => council.stop());

  const post = async (file: string): Promise<(string | undefined)[]> => {
    const answer = await fetch(council.url, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: readFileSync(new URL(file, FOLDER)),
    });
    const { type, entry = [] } = (await answer.json()) as Bundle;
    expect([answer.status, type]).toEqual([200, 'transaction-response']);
    return entry.map(({ response }) => response?.status);
  };

  test('one after another, each twice, they leave one person, one Flag and the last version', async () => {
    expect(await post('1-in-hospital.json')).toEqual(['201', '201', '201']);
    expect(await post('1-in-hospital.json')).toEqual(['200', '200', '200']);
    expect(await heldBy(council.url, 'Flag')).toEqual([]);
    for (const file of [
      '2-left-hospital.json',
      '2-left-hospital.json',
      '4-no-longer-needed.json',
      '4-no-longer-needed.json',
    ])
      for (const status of await post(file)) expect(status).toMatch(/^20[01]$/);
    const [flag, ...others] = await heldBy(council.url, 'Flag');
    expect(others).toEqual([]);
    expect(flag).toMatchObject({ status: 'inactive' });
    expect(flag && versionOf(flag)).toBe(4);
    for (const type of ['Patient', 'EpisodeOfCare', 'CarePlan'])
      expect(await heldBy(council.url, type)).toHaveLength(1);
  });
});
