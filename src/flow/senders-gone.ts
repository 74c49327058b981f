import { Fault } from '../fault.js';
import { findSender, type Site } from '../site.js';

/** Who sent a stored message: MSH-4 and MSH-3. */
export type StoredSender = { sender: string; application: string };

/** The site file has no row any more by which messages of this sender could be read. */
export const isGone = ({ sender, application }: StoredSender, site: Site): boolean =>
  findSender(site, sender, application) === null;

/** Those of `senders` whom the site file lacks, each once. */
export const namesOfGone = (senders: readonly StoredSender[], site: Site): string[] =>
  [...new Set(senders.filter((each) => isGone(each, site)).map((each) => nameOf(each, site)))].sort();

/**
 * Read again without their sender, messages would say nothing any more, and whoever they told of would vanish from the
 * register. Throws `config-invalid` that names those of `senders` whom the site file lacks.
 */
export function refuseWithoutSenders(senders: readonly StoredSender[], site: Site): void {
  const gone = namesOfGone(senders, site);
  if (gone.length === 0) return;
  throw new Fault({
    code: 'config-invalid',
    where: 'site file',
    text: `has no sender for stored messages of ${gone.join(', ')}: read again without it, whoever they told of would vanish. Nothing was changed`,
    next: PUT_BACK,
  });
}

export const PUT_BACK =
  'put the sender back (who sends no more stays in it, while messages are kept), or name the right site file with SITE_FILE';

/** With the application only where the site file has the trust with others: senders write it as they please. */
const nameOf = ({ sender, application }: StoredSender, { senders }: Site): string =>
  senders.some(({ ods }) => ods === sender) ? `${sender} (MSH-3 ${application || 'empty'})` : sender;
