import type { PaperRow } from './step.js';
import type { World } from './world.js';

/** What the columns of the office's list mean, as `docs/load.md` describes it; JSON is YAML too. */
const MAPPING = {
  title: "The office's list of section papers",
  statedBy: { organisation: 'RXT', name: 'Mental Health Act office', role: 'Mental Health Act administrator' },
  dates: { formats: ['YYYY-MM-DD'] },
  person: { nhsNumber: 'NHS Number' },
  words: { sections: { S3: '03' } },
  facts: [
    {
      kind: 'detention',
      section: {
        column: 'Section',
        words: 'sections',
        system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland',
      },
      from: { column: 'Start' },
      to: { column: 'End' },
      certainty: { value: 'papers-seen' },
    },
    {
      kind: 'council-determined',
      effectiveOn: { column: 'Start' },
      council: { column: 'Council' },
      standing: { value: 'provisional' },
      basis: { value: 'ordinarily-resident-before-detention' },
    },
  ],
};

/** `aftercare load`, with the list as somebody found it. */
export async function loadPapers(rows: readonly PaperRow[], name: string, { command, file }: World): Promise<void> {
  if (rows.length === 0) return;
  const lines = rows.map(({ nhsNumber, section, from, to, council }) => [nhsNumber, section, from, to ?? '', council]);
  const sheet = ['NHS Number,Section,Start,End,Council', ...lines.map((cells) => cells.join(','))].join('\n');
  const mapping = await file('papers.yaml', JSON.stringify(MAPPING));
  const { code, answer } = await command(['load', await file(`${name}.csv`, sheet), '--with', mapping]);
  if (code !== 0) throw new Error(`a list was not loaded: ${answer.slice(0, 300)}`);
}
