import { type Bundle, onlyFirstTells } from '../../fhir/bundle.js';
import { type MessageHeader, type Resource, typeOf } from '../../fhir/resources.js';
import { odsOf, odsOfEndpoint, organisationOf } from './organisation.js';
import { type Found, type Resolve, resolver, resourcesIn, tellingIn } from './resolve.js';

/** What the outside of a FHIR message says, as the header of an HL7 v2 message does. */
export type FhirEnvelope = {
  /** ODS code of the sending organisation; null where nobody is named. */
  sender: string | null;
  /** Where the sender is named, or should be. */
  senderPlace: string;
  /** Where resources of another organisation stand, when nothing says for whom all of it is sent; null: nowhere. */
  otherSenderPlace: string | null;
  application: string;
  /** Null where the message has no identifier of its own. */
  controlId: string | null;
  /** Null where it does not say. */
  sentAt: { written: string; place: string } | null;
  trigger: string;
  /** ODS codes of those it is addressed to; empty where it names none. */
  receivers: string[];
  receiverPlace: string;
  /** It answers a message: there is nothing to learn from it. */
  isAnswer: boolean;
};

export function envelopeOf(message: Resource | Bundle): FhirEnvelope {
  const found = resourcesIn(message);
  const resolve = resolver(found);
  const header = headerIn(message, found);
  return {
    ...senderOf(message, { found, header, resolve }),
    application: header?.resource.source.name?.trim() ?? '',
    controlId: controlIdOf(message, header),
    sentAt: sentAtOf(message, tellingIn(message, found)),
    trigger: triggerOf(message, found, header),
    receivers: receiversOf(header, resolve),
    receiverPlace: header ? `${header.place}.destination` : '',
    isAnswer: header?.resource.response !== undefined,
  };
}

type Header = Found & { resource: MessageHeader };

function headerIn(message: Resource | Bundle, [first]: readonly Found[]): Header | null {
  if (message.resourceType !== 'Bundle' || message.type !== 'message' || !first) return null;
  const { resource } = first;
  return resource.resourceType === 'MessageHeader' ? { ...first, resource } : null;
}

type Within = { found: readonly Found[]; header: Header | null; resolve: Resolve };

/** The message's own word first; then who provides the stay; then who manages the person's record. */
function senderOf(
  message: Resource | Bundle,
  { found, header, resolve }: Within,
): Pick<FhirEnvelope, 'sender' | 'senderPlace' | 'otherSenderPlace'> {
  const said = header ? inHeader(header, resolve) : inMeta(message);
  const own = inResources(tellingIn(message, found), resolve);
  const { alike, others } = own.alike.length + own.others.length > 0 ? own : inResources(found, resolve);
  const [sender] = [...said, ...alike, ...others];
  const other = said.length > 0 ? undefined : alike.find(({ ods }) => ods !== sender?.ods);
  const otherSenderPlace = other?.place ?? null;
  if (sender) return { sender: sender.ods, senderPlace: sender.place, otherSenderPlace };
  if (header) return { sender: null, senderPlace: `${header.place}.sender`, otherSenderPlace };
  const encounter = found.find(({ resource }) => resource.resourceType === 'Encounter');
  const patient = found.find(({ resource }) => resource.resourceType === 'Patient');
  if (encounter) return { sender: null, senderPlace: `${encounter.place}.serviceProvider`, otherSenderPlace };
  const plan = found.find(({ resource }) => resource.resourceType === 'CarePlan' || resource.resourceType === 'Task');
  if (plan) return { sender: null, senderPlace: `${plan.place}.meta.source`, otherSenderPlace };
  const senderPlace = patient ? `${patient.place}.managingOrganization` : (found[0]?.place ?? '');
  return { sender: null, senderPlace, otherSenderPlace };
}

type Named = { ods: string; place: string };
const named = (ods: string | null, place: string): Named[] => (ods === null ? [] : [{ ods, place }]);

/** A Bundle may say itself who sends it, as the header of a message does. */
export const SOURCE_PLACE = 'Bundle.meta.source';
const inMeta = (message: Resource | Bundle): Named[] =>
  message.resourceType === 'Bundle' ? named(odsOfEndpoint(message.meta?.source), SOURCE_PLACE) : [];

const inHeader = (header: Header, resolve: Resolve): Named[] => {
  const { sender, source, responsible } = header.resource;
  return [
    ...named(organisationOf(sender, header, resolve), `${header.place}.sender`),
    ...named(odsOfEndpoint(source.endpoint), `${header.place}.source.endpoint`),
    ...named(organisationOf(responsible, header, resolve), `${header.place}.responsible`),
  ];
};

/** `alike`: must all be one organisation; several may keep numbers of one person, and of a stay's person the record. */
function inResources(found: readonly Found[], resolve: Resolve): { alike: Named[]; others: Named[] } {
  const providers = found.flatMap((each) =>
    each.resource.resourceType === 'Encounter'
      ? named(organisationOf(each.resource.serviceProvider, each, resolve), `${each.place}.serviceProvider`)
      : [],
  );
  const managers = found.flatMap((each) =>
    each.resource.resourceType === 'Patient'
      ? named(organisationOf(each.resource.managingOrganization, each, resolve), `${each.place}.managingOrganization`)
      : [],
  );
  const assigners = found.flatMap((each) =>
    each.resource.resourceType === 'Patient'
      ? (each.resource.identifier ?? []).flatMap(({ assigner }, index) =>
          named(
            assigner?.identifier ? odsOf([assigner.identifier]) : null,
            `${each.place}.identifier[${index}].assigner`,
          ),
        )
      : [],
  );
  if (providers.length > 0) return { alike: providers, others: [] };
  const planners = found.flatMap((each) => plannerIn(each, resolve));
  return planners.length > 0 ? { alike: planners, others: [] } : { alike: managers, others: assigners };
}

/** Who sends a plan or an answer by itself: as it says, else its author or owner. The person's record is often another's. */
function plannerIn(found: Found, resolve: Resolve): Named[] {
  const { resource, place } = found;
  if (resource.resourceType !== 'CarePlan' && resource.resourceType !== 'Task') return [];
  const said = named(odsOfEndpoint(resource.meta?.source), `${place}.meta.source`);
  if (said.length > 0) return said;
  const [who, element] = resource.resourceType === 'Task' ? [resource.owner, 'owner'] : [resource.author, 'author'];
  return named(organisationOf(who, found, resolve), `${place}.${element}`);
}

/** A resource's id stays the same from version to version, so it identifies no message. */
function controlIdOf(message: Resource | Bundle, header: Header | null): string | null {
  if (message.resourceType !== 'Bundle') return null;
  if (message.identifier?.value !== undefined) return message.identifier.value;
  return message.type === 'message' ? (message.id ?? header?.resource.id ?? null) : null;
}

/** The Bundle's own time; else the latest version of what tells in it. */
function sentAtOf(message: Resource | Bundle, telling: readonly Found[]): FhirEnvelope['sentAt'] {
  if (message.resourceType === 'Bundle') {
    if (message.timestamp !== undefined) return { written: message.timestamp, place: 'Bundle.timestamp' };
    const updated = message.meta?.lastUpdated;
    if (updated !== undefined) return { written: updated, place: 'Bundle.meta.lastUpdated' };
  }
  const versions = telling.flatMap(({ updated, place }) =>
    updated === null ? [] : [{ written: updated, place: `${place}.meta.lastUpdated` }],
  );
  return versions.sort((a, b) => Date.parse(b.written) - Date.parse(a.written))[0] ?? null;
}

/** The event of a message, such as A03; else what was sent. */
function triggerOf(message: Resource | Bundle, found: readonly Found[], header: Header | null): string {
  if (header) {
    const { eventCoding, eventUri } = header.resource;
    return eventCoding?.code ?? eventUri?.split(/[/#:]/).findLast((part) => part !== '') ?? 'message';
  }
  if (message.resourceType !== 'Bundle') return typeOf(message);
  const [first] = found;
  return first && onlyFirstTells(message) ? typeOf(first.resource) : 'Bundle';
}

function receiversOf(header: Header | null, resolve: Resolve): string[] {
  return (header?.resource.destination ?? []).flatMap(({ receiver, endpoint }) =>
    header ? (organisationOf(receiver, header, resolve) ?? odsOfEndpoint(endpoint) ?? []) : [],
  );
}
