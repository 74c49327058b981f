import { describe, expect, test } from '@jest/globals';
import { cycles, type ImportTable, importsBelow, importsIn, violations } from './support/imports.js';

const ABOVE = [
  'register',
  'seal',
  'hl7v2',
  'fhir',
  'organisations',
  'interpret',
  'publish',
  'wire',
  'store',
  'site',
  'site-contacts',
  'fault',
  'log',
  'tracing',
];
/** `register/day` is the words for days and moments, and how to count them. */
const PURE = { values: ['hl7v2', 'fhir', 'organisations', 'fault', 'register/day'], types: ['register'] };
const SCREENS = {
  values: ['flow', 'store', 'register', 'seal', 'publish', 'fault', 'log'],
  types: ['tables', 'site', 'site-file'],
};

/** The house: each part and what it may import. Only main and cli read the configuration. */
const TABLE: ImportTable = {
  register: { values: [], types: ['organisations'] },
  seal: { values: [], types: [] },
  hl7v2: { values: [], types: [] },
  fhir: { values: [], types: [] },
  organisations: PURE,
  interpret: { ...PURE, values: [...PURE.values, 'register/stated-words', 'yaml-lines'] },
  publish: PURE,
  wire: { values: ['fault', 'log'], types: [] },
  store: { values: ['fault'], types: ['register', 'seal'] },
  flow: { values: ABOVE, types: [] },
  console: SCREENS,
  /** A document of its own, away from database and network: it draws what the console draws. */
  evidence: {
    values: [
      'seal',
      'console/clock',
      'console/fact-text',
      'console/timeline',
      'console/timeline-drawing',
      'console/wording',
      'register/charged',
      'register/day',
      'register/history',
    ],
    types: ['register', 'flow', 'store'],
  },
  commands: {
    ...SCREENS,
    values: [
      ...SCREENS.values,
      ...['console/clock', 'console/fact-text', 'console/money', 'console/names', 'console/wording'],
      ...['organisations', 'evidence', 'demo', 'bench', 'simulate', 'version'],
    ],
  },
  bench: {
    values: ['flow', 'register', 'organisations', 'tables', 'site', 'store', 'wire', 'fault', 'log', 'invented'],
    types: [],
  },
  demo: {
    values: ['flow', 'store', 'register', 'interpret', 'wire', 'fhir', 'fault', 'invented'],
    types: ['commands', 'tables', 'log'],
  },
  simulate: {
    values: ['flow', 'register', 'seal', 'store', 'fhir', 'wire', 'fault', 'log', 'tables', 'invented', 'bench'],
    types: [],
  },
  invented: { values: [], types: [] },
  log: { values: ['fault'], types: [] },
  tracing: { values: ['log'], types: [] },
  config: { values: ['log'], types: [] },
  site: {
    values: ['register', 'site-file', 'site-relations', 'yaml-lines'],
    types: ['site-sender', 'site-alerts', 'site-contacts'],
  },
  'site-relations': { values: [], types: ['yaml-lines'] },
  'yaml-lines': { values: [], types: [] },
  'site-file': { values: ['site-sender', 'site-alerts', 'site-contacts'], types: [] },
  'site-sender': { values: [], types: [] },
  'site-alerts': { values: [], types: [] },
  'site-contacts': { values: [], types: [] },
  tables: { values: ['interpret', 'organisations', 'site', 'fault'], types: ['site-file'] },
  main: 'anything',
  doors: 'anything',
  telemetry: 'anything',
  watching: 'anything',
  wake: { values: ['flow', 'log'], types: [] },
  work: 'anything',
  'work-apart': 'anything',
  'work-thread': 'anything',
  context: 'anything',
  cli: 'anything',
};

describe('the house', () => {
  const imports = importsBelow('src');

  test('every import is one that the table allows', () => {
    expect(imports.length).toBeGreaterThan(50);
    expect(violations(imports, TABLE)).toEqual([]);
  });

  test('nothing imports what imports it', () => {
    expect(cycles(imports)).toEqual([]);
  });
});

describe('how imports are read', () => {
  test('values, types, mixed, re-exported, over several lines, at run time; packages and comments are not ours', () => {
    const source = [
      "import { fold } from './fold.js';",
      "import type { Fact } from './fact.js';",
      "import { type Day, type Instant } from './day.js';",
      "import { DEFAULT, type Policy } from './policy.js';",
      'import {',
      '  one,',
      '  type Two,',
      "} from '../store/rows.js';",
      "export { send } from '../wire/send.js';",
      "export type * from '../wire/types.js';",
      "import './side-effect.js';",
      "const late = await import('../config.js');",
      "// import { gone } from './gone.js';",
      "/* import { old } from './old.js'; */",
      "import { z } from 'zod';",
    ].join('\n');
    expect(importsIn('register/entry.ts', source)).toEqual([
      { from: 'register/entry.ts', to: 'register/fold.ts', typeOnly: false },
      { from: 'register/entry.ts', to: 'register/fact.ts', typeOnly: true },
      { from: 'register/entry.ts', to: 'register/day.ts', typeOnly: true },
      { from: 'register/entry.ts', to: 'register/policy.ts', typeOnly: false },
      { from: 'register/entry.ts', to: 'store/rows.ts', typeOnly: false },
      { from: 'register/entry.ts', to: 'wire/send.ts', typeOnly: false },
      { from: 'register/entry.ts', to: 'wire/types.ts', typeOnly: true },
      { from: 'register/entry.ts', to: 'register/side-effect.ts', typeOnly: false },
      { from: 'register/entry.ts', to: 'config.ts', typeOnly: false },
    ]);
  });
});

describe('what the checks catch', () => {
  const found = (file: string, source: string) => violations(importsIn(file, source), TABLE);

  test.each([
    {
      story: 'a rule that reads the database',
      file: 'register/rules/death.ts',
      line: "import { rows } from '../../store/rows.js';",
    },
    {
      story: 'a rule that resolves organisations by itself',
      file: 'register/fold.ts',
      line: "import { load } from '../organisations/load.js';",
    },
    {
      story: 'syntax that knows meaning',
      file: 'hl7v2/parse.ts',
      line: "import type { Fact } from '../register/fact.js';",
    },
    { story: 'bytes that know FHIR', file: 'wire/fhir.ts', line: "import { BASE } from '../fhir/s117.js';" },
    { story: 'a table that folds', file: 'store/entries.ts', line: "import { fold } from '../register/fold.js';" },
    {
      story: 'a step that reads the configuration',
      file: 'flow/receive.ts',
      line: "import type { Config } from '../config.js';",
    },
    {
      story: 'a page that talks to the network',
      file: 'console/send.ts',
      line: "import { post } from '../wire/fhir.js';",
    },
    { story: 'a folder nobody has planned', file: 'utils/text.ts', line: "import { Fault } from '../fault.js';" },
  ])('$story', ({ file, line }) => {
    expect(found(file, line)).toHaveLength(1);
  });

  test('types where only types may be used', () => {
    expect(found('register/fold.ts', "import type { Directory } from '../organisations/directory.js';")).toEqual([]);
    expect(found('publish/flag.ts', "import { addDays } from '../register/day.js';")).toEqual([]);
    expect(found('publish/flag.ts', "import { fold } from '../register/fold.js';")).toHaveLength(1);
    expect(found('store/entries.ts', "import { type Entry } from '../register/entry.js';")).toEqual([]);
  });

  test('a ring of two and a ring of three, each once, from wherever it is entered', () => {
    const ring = (...files: string[]) =>
      files.map((from, i) => ({ from, to: files[(i + 1) % files.length] ?? '', typeOnly: i === 0 }));
    expect(cycles([...ring('b.ts', 'a.ts'), { from: 'z.ts', to: 'b.ts', typeOnly: false }])).toEqual([
      'a.ts → b.ts → a.ts',
    ]);
    expect(cycles(ring('c.ts', 'a.ts', 'b.ts'))).toEqual(['a.ts → b.ts → c.ts → a.ts']);
    expect(cycles([{ from: 'a.ts', to: 'b.ts', typeOnly: false }])).toEqual([]);
  });
});
