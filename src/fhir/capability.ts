import type { CapabilityStatement, CapabilityStatementRestResource } from 'fhir/r4.js';
import { PROFILE } from './s117.js';

/** What this service takes, and no more. `url` is the address under which it was asked. */
export const capabilityStatement = (url: string, name: string): CapabilityStatement => ({
  resourceType: 'CapabilityStatement',
  name: 'Section117Receiver',
  title: 'What a hospital or a council may send',
  status: 'draft',
  date: '2026-11-21',
  publisher: 'Aftercare Bridge',
  description:
    'Takes what hospitals tell of stays, detentions and people, the aftercare plans of hospitals and councils, and what councils and ICBs answer to what they were sent. What is answered positively is on disk. Councils and ICBs may fetch what they were told; nothing else is read back here.',
  kind: 'instance',
  software: { name: 'Aftercare Bridge' },
  implementation: { description: name, url },
  fhirVersion: '4.0.1',
  format: ['json'],
  messaging: [
    {
      documentation:
        'POST [base]/$process-message or POST [base]: any event; what counts are the resources in the Bundle.',
    },
  ],
  rest: [
    {
      mode: 'server',
      documentation:
        'The sender is an Organization with an ODS code that the site file names. Each entry of a batch is taken or refused by itself. No versions are kept: If-Match is answered 412.',
      interaction: [{ code: 'transaction' }, { code: 'batch' }],
      operation: [
        {
          name: 'process-message',
          definition: 'http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message',
        },
      ],
      resource: [
        taken('Encounter'),
        taken('Patient'),
        { ...pulled(taken('CarePlan')), supportedProfile: [PROFILE.agreedPlan] },
        { ...pulled(taken('Task')), documentation: ANSWERS },
        pulled({ type: 'Flag' }),
        pulled({ type: 'EpisodeOfCare' }),
      ],
    },
  ],
});

const ANSWERS =
  'What a council or an ICB answers to what it was sent: Task.focus holds our identifier of the episode, the Flag or the plan, Task.for the NHS number. accepted, in-progress and completed accept, rejected rejects and says why in statusReason; Task.businessStatus may say that responsibility is disputed, and the extension s117-record-version which version was read.';

/** Read by searching alone: an identifier of ours is the id. */
const pulled = (resource: CapabilityStatementRestResource): CapabilityStatementRestResource => ({
  ...resource,
  interaction: [...(resource.interaction ?? []), { code: 'search-type', documentation: FETCHED }],
  searchParam: [
    { name: '_lastUpdated', type: 'date', documentation: 'When it was told: ge, gt, le or lt; may be given twice.' },
    {
      name: resource.type === 'EpisodeOfCare' ? 'patient' : 'subject',
      type: 'reference',
      documentation: 'With :identifier, an NHS number with its system. Only in the body of POST _search.',
    },
  ],
});

const FETCHED =
  'The latest version of each person that the body was told, by its client certificate. _count counts versions, at most 200; the next page is a link.';

const taken = (type: 'Encounter' | 'Patient' | 'CarePlan' | 'Task'): CapabilityStatementRestResource => ({
  type,
  interaction: [{ code: 'create' }, { code: 'update' }],
  versioning: 'no-version',
  readHistory: false,
  updateCreate: true,
  conditionalUpdate: true,
});
