import { readFhir } from '../fhir/read.js';
import { envelopeOf } from '../interpret/fhir/envelope.js';
import type { Post } from '../wire/hl7-http.js';

/** MSA-1, MSA-2 and what it says, or of FHIR the status and the first issue; `code` null where it is no acknowledgement. */
export type Acknowledgement = { code: string | null; controlId: string | null; text: string | null };

const TYPE = 'application/fhir+json';

/** Where a FHIR message goes below `base`: by what it is. What cannot be read goes to the base, to be refused there. */
export function fhirPost(base: URL, message: Uint8Array): Post {
  const read = readFhir(message);
  const resource = read.kind === 'read' ? read.resource : null;
  const at = (path: string) => new URL(`${base.href.replace(/\/+$/, '')}${path}`);
  if (base.pathname.endsWith('$process-message') || resource === null) {
    return { url: base, method: 'POST', type: TYPE, message };
  }
  if (resource.resourceType === 'Bundle') {
    const path = resource.type === 'message' ? '/$process-message' : '';
    return { url: path === '' ? base : at(path), method: 'POST', type: TYPE, message };
  }
  const name = resource.resourceType === 'other' ? resource.type : resource.resourceType;
  const id = 'id' in resource ? resource.id : undefined;
  if (id === undefined) return { url: at(`/${name}`), method: 'POST', type: TYPE, message };
  return { url: at(`/${name}/${id}`), method: 'PUT', type: TYPE, message };
}

/** The message's own identifier; null where it has none. */
export function fhirControlId(message: Uint8Array): string | null {
  const read = readFhir(message);
  return read.kind === 'read' ? envelopeOf(read.resource).controlId : null;
}

type Outcome = { issue?: { diagnostics?: string; expression?: string[] }[] };
type Answer = Outcome & {
  entry?: { resource?: { response?: { identifier?: string } }; response?: { status?: string; outcome?: Outcome } }[];
};

/** The status, what it answers to, and the first thing that is wrong; of a batch that of the first entry not taken. */
export function fhirAcknowledgement(status: number, body: Uint8Array): Acknowledgement {
  const code = String(status);
  try {
    const answer = JSON.parse(Buffer.from(body).toString('utf8')) as Answer;
    const [refused, ...others] = (answer.entry ?? []).filter(({ response }) => isNegative(response?.status));
    if (refused) {
      const more = others.length === 0 ? '' : `; and ${others.length} more entries are not taken`;
      return {
        code: refused.response?.status?.slice(0, 3) ?? code,
        controlId: null,
        text: `${firstIn(refused.response?.outcome) ?? 'it does not say why'}${more}`,
      };
    }
    return { code, controlId: answer.entry?.[0]?.resource?.response?.identifier ?? null, text: firstIn(answer) };
  } catch {
    return { code, controlId: null, text: body.length === 0 ? null : 'the answer is not FHIR JSON' };
  }
}

const isNegative = (status: string | undefined): boolean => status !== undefined && !status.startsWith('2');

function firstIn(outcome: Outcome | undefined): string | null {
  const [issue] = outcome?.issue ?? [];
  return issue ? [issue.expression?.[0], issue.diagnostics].filter(Boolean).join(': ') : null;
}
