import type { Reference } from 'fhir/r4.js';
import { GSS_SYSTEM, ODS_SYSTEM } from '../fhir/s117.js';
import type { Directory } from '../organisations/directory.js';
import type { Day } from '../register/day.js';
import type { Side } from './content.js';

/** An organisation as a receiver can recognise it. */
export type Organisation = { name: string | null; ods: string | null };

/** Names a body by the register's code for it. */
export type OrganisationOf = (kind: Side, code: string) => Organisation;

/** The directory's names on a day. A body that it does not know keeps its code and has no name. */
export const organisationsOn =
  (directory: Directory, day: Day): OrganisationOf =>
  (kind, code) => {
    const found = kind === 'council' ? directory.council(code, day, day) : directory.commissioner(code, day, day);
    // A succeeded body is still itself here: what it is told is about its own past.
    if (found.kind === 'found' && [found.body.code, found.body.ods, found.body.gss].includes(code)) {
      return { name: found.body.name, ods: found.body.ods };
    }
    return { name: null, ods: kind === 'icb' ? code : null };
  };

/** A logical reference: by ODS code, or by GSS code for a council whose ODS code is not known. */
export function organisationReference(code: string, { name, ods }: Organisation): Reference {
  return {
    type: 'Organization',
    identifier: ods === null ? { system: GSS_SYSTEM, value: code } : { system: ODS_SYSTEM, value: ods },
    ...(name === null ? {} : { display: name }),
  };
}
