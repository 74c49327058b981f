const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';
export const FLAG_SYSTEM = 'https://aftercare-bridge.example/fhir/sid/flag';

type FlagOptions = { nhsNumber?: string; uuid: string; status?: string; ifMatch?: string };

/** What a council is sent of one person, in small: the person if nobody has the NHS number, and a Flag about them. */
export function notice({ nhsNumber = '9990000018', uuid, status = 'active', ifMatch }: FlagOptions) {
  const patient = 'urn:uuid:7f1b2f4e-6c1d-4a64-9d5f-0c3a1a5b7e10';
  return {
    resourceType: 'Bundle' as const,
    type: 'transaction' as const,
    entry: [
      {
        fullUrl: patient,
        resource: { resourceType: 'Patient', identifier: [{ system: NHS_NUMBER, value: nhsNumber }] },
        request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${NHS_NUMBER}|${nhsNumber}` },
      },
      {
        fullUrl: `urn:uuid:${uuid}`,
        resource: {
          resourceType: 'Flag',
          identifier: [{ system: FLAG_SYSTEM, value: uuid }],
          status,
          code: { text: 'Section 117 aftercare' },
          subject: { reference: patient },
        },
        request: { method: 'PUT', url: `Flag?identifier=${FLAG_SYSTEM}|${uuid}`, ...(ifMatch ? { ifMatch } : {}) },
      },
    ],
  };
}

export const flagKey = (uuid: string) => ({ resourceType: 'Flag', system: FLAG_SYSTEM, value: uuid });
