import type { FaultDetail } from '../fault.js';
import type { Sender, Site } from '../site.js';
import type { ClientCertificate, ProvenBy } from '../wire/server-certificate.js';

/** Null where a connection may speak for a sender; otherwise why not. */
export type SenderProof = (sender: Sender, certificate: ProvenBy) => FaultDetail | null;

/**
 * A sender with certificates speaks only through one of them, and a certificate of one sender speaks for no other. What
 * a certificate proves is worked out once for each connection, so that a message costs a look into a set.
 */
export function senderProof({ senders }: Pick<Site, 'senders'>): SenderProof {
  const proven = new WeakMap<ClientCertificate, ReadonlySet<Sender>>();
  const ownersOf = (certificate: ClientCertificate): ReadonlySet<Sender> => {
    const known = proven.get(certificate);
    if (known) return known;
    const owners = new Set(senders.filter(({ certificates }) => certificates.some(proves(certificate))));
    proven.set(certificate, owners);
    return owners;
  };
  return (sender, certificate) => {
    if (certificate === 'missing') return MISSING;
    if (certificate === null) return sender.certificates.length === 0 ? null : PLAIN;
    const owners = ownersOf(certificate);
    if (owners.has(sender)) return null;
    if (owners.size > 0) return OF_ANOTHER;
    return sender.certificates.length === 0 ? null : NOT_ITS_OWN;
  };
}

const proves =
  ({ fingerprint256, subject }: ClientCertificate) =>
  (certificate: Sender['certificates'][number]): boolean => {
    if ('fingerprint256' in certificate) return certificate.fingerprint256 === fingerprint256;
    const attributes = attributesOf(subject);
    return certificate.subject.every((each) => attributes.has(each));
  };

/** One attribute a line; those that belong together stand in one line, divided by plus signs. */
const attributesOf = (subject: string): Set<string> => new Set(subject.split(/\n| \+ /));

const unproven = (text: string, next: string): FaultDetail => ({ code: 'sender-unproven', where: 'MSH-4', text, next });

const MISSING = unproven(
  'the connection shows no client certificate that can be trusted',
  'the sender shows the certificate that TLS_CLIENT_CA_FILE signed',
);
const PLAIN = unproven(
  'this sender has a certificate in the site file, and the connection shows none',
  'the sender connects over TLS with its certificate',
);
const NOT_ITS_OWN = unproven(
  'the client certificate is not one that the site file gives this sender',
  'compare its fingerprint and subject with certificate in the site file',
);
const OF_ANOTHER = unproven(
  'the client certificate belongs to another sender of the site file',
  'the sender names itself, or add the certificate to this sender too',
);
