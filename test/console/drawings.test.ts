import { describe, expect, test } from '@jest/globals';
import { withoutOutside } from '../../src/console/assets.js';
import { pageOf } from '../../src/console/board-adapter.js';
import { flowChart } from '../../src/console/chart.js';
import { momentOf } from '../../src/console/clock.js';
import { contentOf } from '../../src/console/content.js';
import { lanesOf } from '../../src/console/timeline.js';
import { drawn } from '../../src/console/timeline-drawing.js';
import type { Fact, MessageFact } from '../../src/register/fact.js';
import { entry, episode } from '../publish/entries.js';
import { leftHospital } from './house.js';

describe('the flow by the minute', () => {
  const flow = Array.from({ length: 60 }, (_, minute) => ({
    minute: `2026-11-21T12:${String(minute).padStart(2, '0')}:00.000Z`,
    received: minute === 3 ? 30 : 0,
    rejected: minute === 3 ? 10 : 0,
  }));

  test('is drawn to a round scale, what was rejected on top of what was received', () => {
    const chart = flowChart(flow);
    expect(chart).toMatchObject({
      most: 50,
      total: 30,
      rejected: 10,
      ticks: ['12:00', '12:12', '12:24', '12:36', '12:48'],
    });
    expect(chart.bars[3]).toEqual({
      x: 30,
      y: 40,
      height: 60,
      rejectedY: 20,
      rejectedHeight: 20,
      title: '12:03: 30 received, 10 rejected',
    });
  });

  test('of an hour without a message is empty, not broken', () => {
    const quiet = flowChart(flow.map((each) => ({ ...each, received: 0, rejected: 0 })));
    expect(quiet.bars.every(({ height, rejectedHeight }) => height === 0 && rejectedHeight === 0)).toBe(true);
  });
});

describe('a person’s timeline', () => {
  const told = <F extends Partial<MessageFact>>(fact: F) => ({ ...leftHospital(), ...fact }) as Fact;
  const admitted = told({ kind: 'admitted', id: 'a', effectiveAt: '2026-01-01T09:00:00Z', patientClass: 'I' });
  const detention = told({
    kind: 'detention',
    id: 'd',
    effectiveAt: '2026-01-01T00:00:00Z',
    period: 'P1',
    from: '2026-01-01',
    to: '2026-02-20',
    endReason: null,
    status: { system: '', code: '03', text: 'Section 3', basis: 's3', bearing: 'yes' },
  });
  const lanes = (facts: Fact[]) => lanesOf(entry([episode()]), facts, [{ on: '2026-03-01', says: 'Version 1' }]);

  test('has a lane for each kind of thing that happened', () => {
    const drawing = lanes([detention, admitted, leftHospital()]);
    expect(drawing.map(({ name }) => name)).toEqual(['Detention', 'In hospital', 'Aftercare', 'Told to bodies']);
    expect(drawing[0]?.spans).toEqual([
      { from: '2026-01-01', to: '2026-02-20', says: 'Section 3', tone: 'qualifying' },
    ]);
    expect(drawing[1]?.spans).toMatchObject([{ from: '2026-01-01', to: '2026-03-01' }]);
  });

  test('a discharge that was cancelled is not drawn: the stay still runs', () => {
    const cancelled = told({
      kind: 'left-hospital-cancelled',
      id: 'c',
      source: { by: 'message', sender: 'RXT', sentAt: '2026-03-02T10:00:00Z', seq: 0 },
    });
    expect(lanes([admitted, leftHospital(), cancelled])[0]?.spans).toMatchObject([{ from: '2026-01-01', to: null }]);
  });

  test('what happened just after midnight in summer is of that day in London', () => {
    expect(lanes([{ ...admitted, effectiveAt: '2026-06-30T23:30:00Z' }])[0]?.spans).toMatchObject([
      { from: '2026-07-01' },
    ]);
  });

  test('what was taken back is not drawn, unless that was taken back as well', () => {
    const by = { by: 'person', statedBy: { organisation: 'QHL', name: 'A. Officer', role: 'officer' } } as const;
    const back = (id: string, fact: string): Fact => {
      const who = { nhsNumber: null, localIds: [], effectiveAt: '1900-01-01T00:00:00Z', source: by };
      return { kind: 'withdrawn', id, fact, because: 'x', ...who };
    };
    const drawn = (...facts: Fact[]) => lanes([detention, ...facts]).some(({ name }) => name === 'Detention');
    expect(drawn(back('w1', detention.id))).toBe(false);
    expect(drawn(back('w1', detention.id), back('w2', 'w1'))).toBe(true);
  });

  test('says everything again as a table, in the order of the days', () => {
    const drawing = drawn(lanes([detention, admitted, leftHospital()]), '2026-11-21');
    expect(drawing?.rows.map(({ when, what }) => `${when}: ${what}`)).toEqual([
      '1 Jan 2026 to 20 Feb 2026: Section 3',
      '1 Jan 2026 to 1 Mar 2026: In hospital',
      '1 Mar 2026 onwards: Aftercare active',
      '1 Mar 2026: Version 1',
    ]);
    expect(drawing?.lanes.flatMap(({ spans }) => spans).every(({ x, width }) => x >= 150 && x + width <= 1_000)).toBe(
      true,
    );
  });

  test('of somebody of whom nothing has a date is left out', () => {
    expect(drawn([], '2026-11-21')).toBeNull();
  });
});

describe('the content of a message', () => {
  test('HL7 v2: every segment and field by its name in the standard, ZMH by ours', () => {
    const content = contentOf(
      Buffer.from('MSH|^~\\&|EPR|RXT||QHL|2026||ADT^A03|M1|P|2.5\rZMH|1|P1|03^Section 3\rZXX|1\r'),
    );
    expect(content).toMatchObject({
      kind: 'hl7',
      segments: [{ says: 'Message Header' }, { says: 'Mental Health Act period' }, { says: null }],
    });
    expect(content.kind === 'hl7' && content.segments[1]?.fields.at(-1)).toEqual({
      position: 'ZMH-3',
      says: 'Legal status classification',
      text: '03^Section 3',
    });
    expect(content.text).toBe('MSH|^~\\&|EPR|RXT||QHL|2026||ADT^A03|M1|P|2.5\nZMH|1|P1|03^Section 3\nZXX|1');
  });

  test('FHIR: laid out', () => {
    expect(contentOf(Buffer.from('{"resourceType":"Bundle"}'))).toEqual({
      kind: 'fhir',
      text: '{\n  "resourceType": "Bundle"\n}',
      leftOut: { bytes: 0, segments: 0 },
    });
  });

  test('FHIR that is long: its beginning, as it came', () => {
    const bytes = Buffer.from(`{"resourceType":"Bundle","id":"${'é'.repeat(200_000)}"}`);
    const content = contentOf(bytes);
    expect(content).toMatchObject({
      kind: 'fhir',
      text: expect.stringMatching(/^\{"resourceType":"Bundle","id":"é+$/),
    });
    expect(Buffer.byteLength(content.text) + content.leftOut.bytes).toBe(bytes.length);
  });

  test('neither: as lines of text', () => {
    expect(contentOf(Buffer.from('{"resourceType": cut off'))).toMatchObject({
      kind: 'hl7',
      text: '{"resourceType": cut off',
    });
  });
});

test('a time typed into a form is London time, in winter and in summer', () => {
  expect(momentOf('2026-01-15T10:00').toISOString()).toBe('2026-01-15T10:00:00.000Z');
  expect(momentOf('2026-07-15T10:00').toISOString()).toBe('2026-07-15T09:00:00.000Z');
  expect(momentOf('2026-07-15').toISOString()).toBe('2026-07-14T23:00:00.000Z');
  expect(momentOf('2026-07-15T10:00Z').toISOString()).toBe('2026-07-15T10:00:00.000Z');
});

test('what others’ style sheets and pages ask of other hosts is left out', () => {
  const css =
    '@font-face{font-family:F;src:url(https://assets.nhs.uk/f.woff2)}a{background:url(/assets/images/x.svg)}b{}';
  expect(withoutOutside(css)).toBe('a{background:none}b{}');
  const page = '<link href="https://fonts.example/a" rel="stylesheet"><style>a{}</style><p style="x"><%= title %></p>';
  expect(pageOf(page, { title: 'Queues' })).toBe('<p>Queues</p>');
});
