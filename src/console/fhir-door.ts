import type { Socket } from 'node:net';
import type { FhirAnswer, FhirRequest } from '../flow/fhir-answer.js';
import type { Puller, RegisterPull } from '../flow/pulled.js';

/** The way in for FHIR, as the console is given it. */
export type FhirDoor = {
  receive: (bytes: Uint8Array, request: FhirRequest, socket: Socket) => Promise<FhirAnswer>;
  /** The refusal of what is over the limit, of which nothing was read. */
  refuseTooLong: (socket: Socket) => Promise<FhirAnswer>;
};

/** The register as FHIR: what a connection may read, and the reading itself. */
export type PullDoor = {
  /** By its certificate. Null: it proves no body. */
  bodiesOf(socket: Socket): Pick<Puller, 'who' | 'bodies'> | null;
  pull: RegisterPull;
};
