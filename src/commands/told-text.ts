import { dayText, momentText } from '../console/clock.js';
import { bodyAnswerText } from '../console/fact-text.js';
import { type NameOf, withNames } from '../console/names.js';
import { wording } from '../console/wording.js';
import { FAULTS } from '../fault.js';
import {
  type EpisodeTold,
  episodesTold,
  latestOfEach,
  numberTold,
  type VersionTold,
  withReplies,
} from '../flow/told.js';
import { isHeld } from '../publish/publish.js';
import type { Entry } from '../register/entry.js';
import type { Terminal } from './command.js';

type Out = Terminal['out'];

/** Who has been told what last, and whether they have confirmed it; and who is responsible and has been told nothing. */
export function printTold(told: readonly VersionTold[], entry: Entry, out: Out, nameOf: NameOf): void {
  out('    Who has been told');
  if (isHeld(entry)) out('      While it is not certain who the person is, nobody is told anything new.');
  const latest = latestOfEach(told);
  for (const version of withReplies(latest, entry)) printVersion(version, entry, out, nameOf);
  for (const code of notTold(latest, entry)) out(`      ${withNames(code, nameOf)}: nothing so far`);
  if (latest.length === 0 && notTold(latest, entry).length === 0)
    out('      Nobody: nothing is said of whom nothing is known.');
}

/** The same for a machine. */
export const toldRows = (told: readonly VersionTold[], entry: Entry) => withReplies(told, entry).map(toldRow);

type Replied = ReturnType<typeof withReplies>[number];

const toldRow = ({ publication, delivery, confirmedAt, reply }: Replied) => ({
  to: publication.body,
  nhsNumber: numberTold(publication),
  recordVersion: publication.recordVersion,
  publishedAt: publication.publishedAt.toISOString(),
  state: delivery.state,
  confirmedAt: confirmedAt?.toISOString() ?? null,
  reply,
  episodes: episodesTold(publication),
});

function printVersion(
  { publication, delivery, confirmedAt, reply }: Replied,
  entry: Entry,
  out: Out,
  nameOf: NameOf,
): void {
  const { body, recordVersion, publishedAt } = publication;
  const number = numberTold(publication);
  const of = number === entry.nhsNumber ? '' : ` of the number ${number}`;
  const [code = body, system] = body.split('-');
  const who = `${withNames(code, nameOf)}${system ? `, system for ${system}` : ''}`;
  out(`      ${who}: ${episodesTold(publication).map(episodeText).join('; then ')}`);
  const fault = delivery.lastFault === null || confirmedAt !== null ? '' : ` (${FAULTS[delivery.lastFault].text})`;
  const stands =
    confirmedAt === null
      ? `not confirmed: ${wording.delivery(delivery.state).hint}`
      : `confirmed ${momentText(confirmedAt.toISOString())}.`;
  out(`        version ${recordVersion}${of}, of ${momentText(publishedAt.toISOString())}; ${stands}${fault}`);
  if (reply !== null) out(`        answered ${dayText(reply.on)}: ${bodyAnswerText(reply)}`);
}

const episodeText = ({ episodeOfCare, flag, carePlan }: EpisodeTold): string =>
  `${flag === null ? `no Flag, episode ${episodeOfCare}` : `Flag ${wording.plain(flag)}`}, plan ${wording.plain(carePlan)}`;

const RESPONSIBLE: readonly Entry['status'][] = ['prospective', 'active'];

function notTold(latest: readonly VersionTold[], { status, council, icb }: Entry): string[] {
  if (!RESPONSIBLE.includes(status)) return [];
  const told = new Set(latest.map(({ publication }) => publication.body.split('-')[0]));
  return [council.code, icb.code].flatMap((code) => (code === null || told.has(code) ? [] : [code]));
}
