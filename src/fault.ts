/** Who can mend each fault, and how. One row per code; the console and `docs/operations.md` list this table. */
export const FAULTS = {
  // wire and syntax: answered AR, nothing to keep
  'hl7-unreadable': { remedy: 'sender', text: 'the bytes are not an HL7 v2 message' },
  'fhir-invalid': { remedy: 'sender', text: 'the bytes are not FHIR R4 that can be taken' },
  'sender-unknown': { remedy: 'operator', text: 'no sender in the site file has this MSH-4 (and MSH-3)' },
  'sender-unproven': {
    remedy: 'operator',
    text: 'the certificate of the connection is not one of the sender it names',
  },
  'handshake-failed': { remedy: 'sender', text: 'a connection with TLS did not come about' },
  'not-for-us': { remedy: 'sender', text: 'MSH-6 names another receiver' },
  // interpretation: stored and acknowledged, parked for a person
  'control-id-reused': { remedy: 'sender', text: 'the same control ID and message time came with other content' },
  'field-missing': { remedy: 'sender', text: 'a field that this trigger needs is empty' },
  'field-invalid': { remedy: 'sender', text: 'a field cannot be read as what it must be' },
  'charset-invalid': { remedy: 'sender', text: 'the bytes are not in the character set that MSH-18 declares' },
  'code-unmapped': { remedy: 'operator', text: 'a code is in no table of mappings/codes' },
  'deletion-told': {
    remedy: 'operator',
    text: 'the sender deletes a visit or a record: a person says what of it stays',
  },
  'identity-told': {
    remedy: 'operator',
    text: 'the sender says anew whose a record or a number is: a person says who is who',
  },
  'interpret-failed': { remedy: 'operator', text: 'the service itself failed on this message' },
  // delivery
  'council-unavailable': { remedy: 'retry', text: 'the council provably has nothing' },
  'no-reply': { remedy: 'retry', text: 'the council may have it: read what it holds, then send again' },
  'version-conflict': { remedy: 'retry', text: 'the council changed the resource meanwhile: read again, then send' },
  'council-refused': { remedy: 'operator', text: 'the council refused the content' },
  'council-ahead': { remedy: 'operator', text: 'the council holds a newer version than the ledger' },
  'destination-missing': { remedy: 'operator', text: 'the site file gives the body no destination' },
  'body-ended': { remedy: 'operator', text: 'the body is no more, and the site file gives it no destination' },
  // start
  'config-invalid': { remedy: 'operator', text: 'the configuration cannot be used' },
  'system-unreachable': { remedy: 'operator', text: 'a needed system is out of reach' },
  rebuilding: {
    remedy: 'operator',
    text: 'a rebuild has not brought everybody back into the register yet',
  },
  usage: { remedy: 'operator', text: 'the command was used wrongly' },
} as const;

export type FaultCode = keyof typeof FAULTS;

/** What is wrong, where, and what mends it. Never holds patient data: a value only when it is a code. */
export type FaultDetail = { code: FaultCode; where: string; text: string; next: string };

/** The one exception class. Thrown only where the caller cannot go on; expected trouble is a `FaultDetail` value. */
export class Fault extends Error {
  constructor(
    readonly detail: FaultDetail,
    options?: ErrorOptions,
  ) {
    super(`${detail.code}: ${detail.where}: ${detail.text} — ${detail.next}`, options);
    this.name = 'Fault';
  }

  get code(): FaultCode {
    return this.detail.code;
  }

  get remedy(): 'retry' | 'operator' | 'sender' {
    return FAULTS[this.detail.code].remedy;
  }
}

/** What a thread threw arrives as a likeness of it, which neither the log nor the shell takes for an error. */
export function asThrown(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'Fault' && 'detail' in error) return new Fault(error.detail as FaultDetail);
  const { name, message, stack } = error;
  return Object.assign(new Error(message), { name, stack }, 'code' in error ? { code: error.code } : {});
}
