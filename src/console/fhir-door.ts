import type { Socket } from 'node:net';
import type { FhirAnswer, FhirRequest } from '../flow/fhir-answer.js';

/** The way in for FHIR, as the console is given it. */
export type FhirDoor = {
  receive: (bytes: Uint8Array, request: FhirRequest, socket: Socket) => Promise<FhirAnswer>;
  /** The refusal of what is over the limit, of which nothing was read. */
  refuseTooLong: (socket: Socket) => Promise<FhirAnswer>;
};
