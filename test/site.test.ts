import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../src/register/policy.js';
import {
  destinationsOf,
  findSender,
  loadSite,
  parseSite,
  type Site,
  type SiteResult,
  siteFromObject,
} from '../src/site.js';

const anyFeed = () => true;

function siteOf(result: SiteResult): Site {
  if (result.kind === 'problems') throw new Error(result.problems.join('\n'));
  return result.site;
}

const problemsIn = (text: string): string[] => {
  const result = parseSite(text, 'site.yaml', (name) => name === 'zmh');
  return result.kind === 'problems' ? result.problems : [];
};

const trust = { ods: 'RXT', name: 'The Trust', feed: 'zmh' };

describe('site.yaml', () => {
  test('the example is a site, and its partnership says what is the default anyway', () => {
    const site = siteOf(parseSite(readFileSync('site.example.yaml', 'utf8'), 'site.example.yaml', anyFeed));
    expect(site).toMatchObject({
      receiving: ['QHL'],
      senders: [{ ods: 'RXT', application: 'EPR', feed: 'zmh', timeZone: 'Europe/London' }],
      icbs: [{ ods: 'QHL', destination: null }],
    });
    expect(site.policies('E08000025', 'QHL')).toEqual(DEFAULT_POLICY);
  });

  test('without a site file there is the demonstration site: one trust, two councils, one ICB', () => {
    const site = siteOf(loadSite(null, anyFeed));
    expect(site).toMatchObject({
      receiving: [],
      senders: [
        { ods: 'RXT', application: null, feed: 'zmh' },
        { ods: '406', feed: 'fhir-council' },
        { ods: '410', feed: 'fhir-council' },
      ],
      councils: [{ gss: 'E08000025' }, { gss: 'E08000029' }],
      icbs: [{ ods: 'QHL' }],
    });
  });

  test('a site file that is not there is a problem that names it', () => {
    expect(loadSite('nowhere/site.yaml', anyFeed)).toEqual({
      kind: 'problems',
      problems: [expect.stringMatching(/^nowhere\/site\.yaml: does not exist: .*SITE_FILE/)],
    });
  });

  test('every mistake is reported at once, in the order of the lines, also those that only show together', () => {
    const problems = problemsIn(
      [
        'name: Birmingham and Solihull', // 1
        'reciving: [QHL]', // 2
        'senders:', // 3
        '  - ods: rxt', // 4
        '    name: The Trust', // 5
        '    feed: cerner', // 6
        '    timeZone: Europe/Birmingham', // 7
        'councils:', // 8
        '  - gss: E07000001', // 9
        '    destination: { kind: fhir, url: "ftp://council.example" }', // 10
        '  - gss: E08000029', // 11
        '    destination:', // 12
        '      kind: mesh', // 13
        '      mailbox: X26ABC1', // 14
        'icbs:', // 15
        '  - ods: 7E1', // 16
        'partnerships:', // 17
        '  - icb: QHL', // 18
        '    followUpHours: soon', // 19
      ].join('\n'),
    );
    const lines = problems.map((problem) => Number(problem.split(':')[1]));
    expect(lines).toEqual([2, 4, 6, 7, 9, 10, 13, 16, 18, 19]);
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^site\.yaml:2: reciving is not a setting/),
        expect.stringMatching(/^site\.yaml:7: senders\[1\]\.timeZone is not a time zone/),
        expect.stringMatching(/^site\.yaml:13: councils\[2\]\.destination\.kind is "mesh": only fhir is available/),
        expect.stringMatching(/^site\.yaml:16: icbs\[1\]\.ods must be text: write it in quotes/),
        expect.stringMatching(/^site\.yaml:18: partnerships\[1\]\.council is missing/),
      ]),
    );
  });

  test('rows that only together are wrong: repeats, feeds without a definition, partnerships of strangers', () => {
    const problems = problemsIn(
      [
        'name: Site', // 1
        'senders:', // 2
        '  - { ods: RXT, name: The Trust, feed: zmh }', // 3
        '  - { ods: RXT, name: The Trust again, feed: zmh }', // 4
        '  - { ods: RXT, application: EPR, name: Its EPR, feed: zmh }', // 5
        '  - { ods: RRK, name: Another, feed: lorenzo }', // 6
        'councils:', // 7
        '  - gss: E08000025', // 8
        '  - gss: E08000025', // 9
        'partnerships:', // 10
        '  - { council: E08000029, icb: QHL }', // 11
      ].join('\n'),
    );
    expect(problems).toEqual([
      'site.yaml:4: senders[2] is the second RXT: keep one',
      'site.yaml:6: senders[4].feed is lorenzo: there is no mappings/feeds/lorenzo.yaml',
      'site.yaml:9: councils[2] is the second E08000025: keep one',
      expect.stringMatching(/^site\.yaml:11: partnerships\[1\]\.council is not connected/),
      expect.stringMatching(/^site\.yaml:11: partnerships\[1\]\.icb is not connected/),
    ]);
  });

  test('a council whose children are in another system is not read by a schedule: half a register lacks the other half', () => {
    const settings = (more: string) =>
      problemsIn(
        [
          'name: Site',
          'senders: [{ ods: RXT, name: The Trust, feed: zmh }]',
          'councils:',
          '  - gss: E08000025',
          '    destination: { kind: fhir, url: "https://adults.example" }',
          '    reconcile: { everyDays: 7 }',
          more,
        ].join('\n'),
      );
    expect(settings('    childrensDestination: { kind: fhir, url: "https://children.example" }')).toEqual([
      expect.stringMatching(/^site\.yaml:6: councils\[1\]\.reconcile reads one system/),
    ]);
    expect(settings('')).toEqual([]);
  });

  test('a mistake of form hides none of those that only show together, and is not followed by others that come of it', () => {
    const problems = problemsIn(
      [
        'name: Site', // 1
        'colour: blue', // 2
        'senders:', // 3
        '  - { ods: RXT, name: The Trust, feed: Zmh! }', // 4
        '  - { ods: RXT, name: "", feed: zmh }', // 5
        'councils:', // 6
        '  - gss: E08000025', // 7
        'icbs:', // 8
        '  - ods: 7E1', // 9
        'partnerships:', // 10
        '  - { council: E08000029, icb: QHL }', // 11
        '  - { council: Solihull, icb: QHL, reviewMonths: often }', // 12
      ].join('\n'),
    );
    expect(problems).toEqual([
      expect.stringMatching(/^site\.yaml:2: colour is not a setting/),
      expect.stringMatching(/^site\.yaml:4: senders\[1\]\.feed is not the name of a feed/),
      'site.yaml:5: senders[2] is the second RXT: keep one',
      expect.stringMatching(/^site\.yaml:5: senders\[2\]\.name is empty/),
      expect.stringMatching(/^site\.yaml:9: icbs\[1\]\.ods must be text/),
      expect.stringMatching(/^site\.yaml:11: partnerships\[1\]\.council is not connected/),
      expect.stringMatching(/^site\.yaml:12: partnerships\[2\]\.council is not the GSS code/),
      expect.stringMatching(/^site\.yaml:12: partnerships\[2\]\.reviewMonths must be a whole number/),
    ]);
  });

  test('YAML that cannot be read, an empty file, and a key written twice are problems with a line', () => {
    expect(problemsIn('name: "Site\nsenders: []')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^site\.yaml:\d: /)]),
    );
    expect(problemsIn('')).toEqual([expect.stringMatching(/^site\.yaml:1: the file must be settings/)]);
    expect(problemsIn('name: a\nname: b\nsenders: []')).toEqual([
      'site.yaml:2: name is written twice, first in line 1; keep one',
      expect.stringMatching(/^site\.yaml:3: senders is empty/),
    ]);
  });

  test.each(['https://user:secret@council.example', 'https://council.example/fhir?key=secret', 'council.example'])(
    'an address is plain, for it is shown and logged: %s is refused without being repeated',
    (url) => {
      const result = siteFromObject(
        { name: 'Site', senders: [trust], councils: [{ gss: 'E08000025', destination: { kind: 'fhir', url } }] },
        anyFeed,
      );
      expect(result).toEqual({
        kind: 'problems',
        problems: [expect.stringMatching(/^councils\[1\].destination.url is not/)],
      });
      expect(JSON.stringify(result)).not.toContain('secret');
    },
  );
});

describe('how a sender proves itself, and how much it may send', () => {
  const fingerprint = Array(32).fill('ab');
  const senderWith = (settings: object) =>
    siteOf(siteFromObject({ name: 'Site', senders: [{ ...trust, ...settings }] }, anyFeed)).senders[0];

  test('without settings it needs no proof and has no limit', () => {
    expect(senderWith({})).toMatchObject({
      certificates: [],
      limits: { messagesPerSecond: null, connections: null },
    });
  });

  test('one certificate or several; a fingerprint as any tool prints it, a subject as any tool writes it', () => {
    const canonical = fingerprint.join(':').toUpperCase();
    expect(senderWith({ certificate: { fingerprint256: fingerprint.join('') } })?.certificates).toEqual([
      { fingerprint256: canonical },
    ]);
    expect(
      senderWith({
        certificate: [{ fingerprint256: canonical }, { subject: 'O = Trust\\, The, CN = epr.rxt.nhs.uk' }],
        limits: { messagesPerSecond: 200 },
      }),
    ).toMatchObject({
      certificates: [{ fingerprint256: canonical }, { subject: ['O=Trust\\, The', 'CN=epr.rxt.nhs.uk'] }],
      limits: { messagesPerSecond: 200, connections: null },
    });
  });

  test('every mistake has its line', () => {
    const problems = problemsIn(
      [
        'name: Site', // 1
        'senders:', // 2
        '  - ods: RXT', // 3
        '    name: The Trust', // 4
        '    feed: zmh', // 5
        '    certificate:', // 6
        '      - fingerprint256: "AB:CD"', // 7
        '      - subject: O=The Trust', // 8
        '      - subject: epr.rxt.nhs.uk', // 9
        '      - {}', // 10
        '      - finger: AB', // 11
        '    limits:', // 12
        '      messagesPerSecond: 0', // 13
        '      connections: many', // 14
        '  - { ods: RRK, name: Another, feed: zmh, certificate: [] }', // 15
      ].join('\n'),
    );
    expect(problems).toEqual([
      expect.stringMatching(/^site\.yaml:7: .*fingerprint256 is not a SHA-256 fingerprint/),
      expect.stringMatching(/^site\.yaml:8: .*subject has no CN/),
      expect.stringMatching(/^site\.yaml:9: .*subject is not a subject/),
      expect.stringMatching(/^site\.yaml:10: .*needs either fingerprint256 or subject/),
      expect.stringMatching(/^site\.yaml:11: .*finger is not a setting/),
      expect.stringMatching(/^site\.yaml:13: .*messagesPerSecond must be 1 or more/),
      expect.stringMatching(/^site\.yaml:14: .*connections must be a whole number/),
      expect.stringMatching(/^site\.yaml:15: .*certificate is an empty list/),
    ]);
  });
});

describe('whose message is it', () => {
  const site = siteOf(
    siteFromObject(
      {
        name: 'Site',
        senders: [trust, { ...trust, application: 'CRISIS' }, { ...trust, ods: 'RRK', application: 'EPR' }],
      },
      anyFeed,
    ),
  );

  test.each([
    { story: 'the application that has its own row', msh4: 'RXT', msh3: 'CRISIS', found: 'CRISIS' },
    { story: 'any other application of that trust', msh4: 'RXT', msh3: 'EPR', found: null },
    { story: 'the one application of a trust', msh4: 'RRK', msh3: 'EPR', found: 'EPR' },
  ])('$story', ({ msh4, msh3, found }) => {
    expect(findSender(site, msh4, msh3)).toMatchObject({ ods: msh4, application: found });
  });

  test('an application nobody named, and a trust nobody named, are no sender', () => {
    expect(findSender(site, 'RRK', 'OTHER')).toBeNull();
    expect(findSender(site, 'RAE', 'EPR')).toBeNull();
  });
});

describe('a site file that is only read', () => {
  test('kinds of destination that a service refuses do not keep it from being explained', () => {
    const file = [
      'name: Both',
      'senders: [{ ods: RXT, name: Trust, feed: zmh }]',
      'councils: [{ gss: E08000029, destination: { kind: file, folder: "./out" } }]',
      '',
    ].join('\n');
    expect(parseSite(file, 'site.yaml', anyFeed, 'read').kind).toBe('site');
    expect(parseSite(file, 'site.yaml', anyFeed)).toMatchObject({
      problems: [expect.stringMatching(/^site\.yaml:3: .* is "file": only fhir is available/)],
    });
  });
});

describe('who is told, and under which policy', () => {
  const site = siteOf(
    siteFromObject(
      {
        name: 'Site',
        senders: [trust],
        councils: [
          { gss: 'E08000025', destination: { kind: 'fhir', url: 'http://127.0.0.1:9101/fhir' } },
          { gss: 'E08000029' },
        ],
        icbs: [{ ods: 'QHL', destination: { kind: 'fhir', url: 'https://icb.example/fhir' } }],
        partnerships: [{ council: 'E08000025', icb: 'QHL', tellProspective: false, followUpHours: 48 }],
      },
      anyFeed,
    ),
  );

  test('those with a destination, ICBs too; a council that pulls has none', () => {
    expect(destinationsOf(site)).toEqual([
      { body: 'E08000025', url: 'http://127.0.0.1:9101/fhir' },
      { body: 'QHL', url: 'https://icb.example/fhir' },
    ]);
  });

  test('a partnership changes what it names and nothing else; strangers have the default', () => {
    expect(site.policies('E08000025', 'QHL')).toEqual({ ...DEFAULT_POLICY, tellProspective: false, followUpHours: 48 });
    expect(site.policies('E08000029', 'QHL')).toEqual(DEFAULT_POLICY);
    expect(site.policies('E08000025', null)).toEqual(DEFAULT_POLICY);
  });

  test('the version is another when somebody agrees otherwise, and not when the same is written otherwise', () => {
    const versionWith = (partnerships: object[], icbs: object[] = [{ ods: 'QHL' }, { ods: 'QUA' }]) =>
      siteOf(
        siteFromObject(
          {
            name: 'Site',
            senders: [trust],
            councils: ['E08000025', 'E08000029'].map((gss) => ({ gss })),
            icbs,
            partnerships,
          },
          anyFeed,
        ),
      ).policies.version;
    const [one, other] = ['E08000025', 'E08000029'].map((council) => ({ council, icb: 'QHL', reviewMonths: 6 }));
    const nothing = versionWith([]);
    expect(nothing).toMatch(/^[0-9a-f]{12}$/);
    expect(versionWith([{ council: 'E08000025', icb: 'QHL', reviewMonths: 12 }])).toBe(nothing);
    expect(versionWith([one, other].map((each) => ({ ...each })))).toBe(versionWith([{ ...other }, { ...one }]));
    const told = [{ ods: 'QHL', destination: { kind: 'fhir', url: 'https://icb.example/fhir' } }, { ods: 'QUA' }];
    const versions = [nothing, versionWith([{ ...one }]), versionWith([{ ...other }]), versionWith([], told)];
    expect(new Set(versions).size).toBe(4);
  });
});
