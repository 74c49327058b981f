import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Council, startCouncil } from '../../src/demo/council.js';
import { holdingsOf } from '../../src/demo/holding.js';
import { EXTENSION } from '../../src/fhir/s117.js';

let council: Council;
beforeAll(async () => {
  council = await startCouncil({ port: 0, name: 'Testshire' });
});
afterAll(() => council.stop());

const EPISODE = { type: 'EpisodeOfCare', identifier: { value: 'e1' } };
const subject = { identifier: { value: '9990000018' } };
const flag = {
  resourceType: 'Flag',
  status: 'active',
  code: { text: 'aftercare' },
  subject,
  period: { start: '2026-03-01' },
  extension: [{ url: EXTENSION.episode, valueReference: EPISODE }],
};
const carePlan = (status: string, episode: object) => ({
  resourceType: 'CarePlan',
  status,
  intent: 'plan',
  subject,
  supportingInfo: [episode],
});

async function hold(resource: { resourceType: string }): Promise<void> {
  const { status } = await fetch(`${council.url}/${resource.resourceType}`, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify(resource),
  });
  expect(status).toBe(201);
}

describe('what a council holds', () => {
  test('a CarePlan alone, a Flag with its CarePlan, and a second Flag of the same episode as a second one', async () => {
    await hold(carePlan('draft', { ...EPISODE, identifier: { value: 'e2' } }));
    await hold(carePlan('active', EPISODE));
    await hold(flag);
    await hold(flag);
    const active = { status: 'active', from: '2026-03-01', to: null, why: null };
    expect(await holdingsOf(council.url)).toEqual([
      { nhsNumber: '9990000018', flag: active, carePlan: 'active' },
      { nhsNumber: '9990000018', flag: active, carePlan: 'active' },
      { nhsNumber: '9990000018', flag: null, carePlan: 'draft' },
    ]);
  });

  test('a council that does not answer is not one that holds nothing', async () => {
    expect(await holdingsOf(`${council.url}/nowhere`)).toBeNull();
    expect(await holdingsOf('http://127.0.0.1:1/fhir')).toBeNull();
  });
});
