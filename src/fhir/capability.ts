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
    'Takes what hospitals tell of stays, detentions and people, the aftercare plans of hospitals and councils, and what councils and ICBs answer to what they were sent. What is answered positively is on disk; nothing is read back here.',
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
        { ...taken('CarePlan'), supportedProfile: [PROFILE.agreedPlan] },
        { ...taken('Task'), documentation: ANSWERS },
      ],
    },
  ],
});

const ANSWERS =
  'What a council or an ICB answers to what it was sent: Task.focus holds our identifier of the episode, the Flag or the plan, Task.for the NHS number. accepted, in-progress and completed accept, rejected rejects and says why in statusReason; Task.businessStatus may say that responsibility is disputed.';

const taken = (type: 'Encounter' | 'Patient' | 'CarePlan' | 'Task'): CapabilityStatementRestResource => ({
  type,
  interaction: [{ code: 'create' }, { code: 'update' }],
  versioning: 'no-version',
  readHistory: false,
  updateCreate: true,
  conditionalUpdate: true,
});
