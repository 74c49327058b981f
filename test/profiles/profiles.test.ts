import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { CapabilityStatement, CodeSystem, Flag, StructureDefinition, ValueSet } from 'fhir/r4.js';
import * as s117 from '../../src/fhir/s117.js';
import { patientResource } from '../../src/publish/bundle.js';
import { publish } from '../../src/publish/publish.js';
import { stamp } from '../../src/publish/stamp.js';
import * as people from '../publish/entries.js';
import { conformanceFiles, faultsOf, readProfileJson } from './validator.js';

type Resource = { resourceType: string; meta?: { profile?: string[] } };

const { BIRMINGHAM, CONTEXT, IDS, PLAN, SOLIHULL } = people;
const example = (file: string) => readProfileJson<Resource>(`examples/${file}`);

test('what is committed is what the FSH compiles to', () => {
  const script = fileURLToPath(new URL('../../scripts/build-profiles.mjs', import.meta.url));
  expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow();
});

describe('the canonical addresses that the service uses are those that are published', () => {
  const published = conformanceFiles('').map((file) => readProfileJson<{ url: string }>(file).url);

  test.each([
    ...Object.values(s117.PROFILE),
    ...Object.values(s117.EXTENSION),
    s117.AFTERCARE.system,
    s117.INACTIVE_REASON_SYSTEM,
  ])('%s', (url) => {
    expect(published).toContain(url);
  });

  test('and every reason for an inactive Flag has its published display', () => {
    const { concept = [] } = readProfileJson<CodeSystem>('CodeSystem-s117-inactive-reason.json');
    expect(Object.fromEntries(concept.map(({ code, display }) => [code, display]))).toEqual(s117.INACTIVE_REASONS);
  });
});

test.each(conformanceFiles(''))('%s is valid R4', (file) => {
  expect(faultsOf(readProfileJson<CodeSystem | ValueSet | StructureDefinition | CapabilityStatement>(file))).toEqual(
    [],
  );
});

test.each(conformanceFiles('', 'examples/'))('the example %s is valid', (file) => {
  expect(faultsOf(example(file))).toEqual([]);
});

test('every file that the README names is there', () => {
  const readme = readFileSync(new URL('../../profiles/README.md', import.meta.url), 'utf8');
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link ?? '');
  expect(links.length).toBeGreaterThan(8);
  expect(links.filter((link) => !existsSync(new URL(`../../profiles/${link}`, import.meta.url)))).toEqual([]);
});

test('a receiver may add a coding of its own beside ours', () => {
  const flag = readProfileJson<Flag>('examples/Flag-s117-flag-example.json');
  const coding = [...(flag.code.coding ?? []), { system: 'http://snomed.info/sct', code: '365867006' }];
  const richer = { ...flag, code: { ...flag.code, coding } };
  expect(faultsOf(richer)).toEqual([]);
});

test('the plan that the feeds are shown by is one of the profile that senders are given', () => {
  const file = new URL('../../mappings/feeds/fhir-ukcore/examples/plan-agreed.json', import.meta.url);
  const plan: Resource & { created?: string } = JSON.parse(readFileSync(file, 'utf8'));
  const named = { ...plan, meta: { ...plan.meta, profile: [s117.PROFILE.agreedPlan] } };
  expect(faultsOf(named)).toEqual([]);
  const undated = { ...named, created: undefined };
  expect(faultsOf(undated)).not.toEqual([]);
});

describe('the examples are what the service sends', () => {
  const withoutId = (file: string) => {
    const { id: _, ...resource } = readProfileJson<Resource & { id: string }>(`examples/${file}`);
    return resource;
  };
  const home = people.entry([people.episode({ plan: PLAN, formerCouncils: [SOLIHULL] })]);
  const publicationFor = (code: string) => {
    const publication = publish(home, people.everywhere()).find(({ to }) => to.code === code);
    if (!publication) throw new Error(`nothing for ${code}`);
    return publication;
  };

  test('to the responsible council', () => {
    const publication = publicationFor(BIRMINGHAM);
    expect([patientResource(publication.patient), ...stamp(publication, IDS, 1, CONTEXT).resources]).toEqual([
      withoutId('Patient-s117-patient-example.json'),
      withoutId('EpisodeOfCare-s117-episode-of-care-example.json'),
      withoutId('Flag-s117-flag-example.json'),
      withoutId('CarePlan-s117-care-plan-example.json'),
    ]);
  });

  test('to a council that is no longer responsible', () => {
    const [, flag] = stamp(publicationFor(SOLIHULL), IDS, 2, CONTEXT).resources;
    expect(flag).toEqual(withoutId('Flag-s117-flag-moved-example.json'));
  });
});

describe('the profiles refuse', () => {
  const good = readProfileJson<Flag>('examples/Flag-s117-flag-example.json');
  const moved = readProfileJson<Flag>('examples/Flag-s117-flag-moved-example.json');
  const without = (resource: object, key: string) =>
    Object.fromEntries(Object.entries(resource).filter(([name]) => name !== key));
  const withoutExtension = (flag: Flag, url: string) => ({
    ...flag,
    extension: flag.extension?.filter((extension) => extension.url !== url),
  });
  const replaced = (resource: object, from: string, to: string) =>
    JSON.parse(JSON.stringify(resource).replaceAll(from, to));

  const episode = example('EpisodeOfCare-s117-episode-of-care-example.json');
  const carePlan = example('CarePlan-s117-care-plan-example.json');
  const patient = example('Patient-s117-patient-example.json');

  test.each<[string, unknown, RegExp]>([
    ['a Flag without a category', without(good, 'category'), /category/],
    ['a Flag of another category', replaced(good, '"admin"', '"safety"'), /category is administrative/],
    ['a Flag of another code', replaced(good, 'section-117-aftercare', 'section-2'), /pattern/],
    ['a Flag with an unknown status', { ...good, status: 'nonsense' }, /one of the three/],
    ['an active Flag without a first day', without(good, 'period'), /from which day/],
    ['an active Flag with a reason', { ...moved, status: 'active' }, /why it is inactive/],
    ['an inactive Flag without a reason', withoutExtension(moved, s117.EXTENSION.inactiveReason), /why it is inactive/],
    [
      'an inactive Flag with an invented reason',
      replaced(moved, 'responsibility-moved', 'too-expensive'),
      /reason is one/,
    ],
    ['a Flag without a version', withoutExtension(good, s117.EXTENSION.recordVersion), /recordVersion/],
    ['a Flag without its episode', withoutExtension(good, s117.EXTENSION.episode), /'episode'/],
    ['a Flag without our identifier', replaced(good, '/sid/flag', '/sid/other'), /'ours'/],
    ['a Flag without Provenance', without(good, 'contained'), /contained|Missing/],
    ['a Flag whose Provenance is about something else', replaced(good, '"#"', '"Flag/1"'), /about this Flag/],
    ['a Flag that names nobody', replaced(good, '9990000018', 'unknown'), /NHS number/],
    ['a Flag with an encounter', { ...good, encounter: { reference: 'Encounter/1' } }, /encounter/],
    ['a body of an invented standing', replaced(good, '"provisional"', '"probable"'), /standing/],
    ['an episode of an invented status', { ...episode, status: 'waitlist' }, /status is one/],
    [
      'an episode with a diagnosis',
      { ...episode, diagnosis: [{ condition: { reference: 'Condition/1' } }] },
      /diagnosis/,
    ],
    ['an episode that is of no type', without(episode, 'type'), /type/],
    ['an active plan without the day of agreement', without(carePlan, 'created'), /on which day it was agreed/],
    ['a plan with a condition', { ...carePlan, addresses: [{ reference: 'Condition/1' }] }, /addresses/],
    ['a plan paid for under nothing known', replaced(carePlan, '"s117"', '"charity"'), /[Ff]unding/],
    ['a person with an address', { ...patient, address: [{ postalCode: 'ZZ99 3VZ' }] }, /address/],
    ['a person without an NHS number', without(patient, 'identifier'), /identifier/],
  ])('%s', (_story, broken, because) => {
    expect(faultsOf(broken as Resource).join('\n')).toMatch(because);
  });
});
