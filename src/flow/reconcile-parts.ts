import type { Codes } from '../interpret/codes.js';
import { type EpisodeContent, sameEpisode } from '../publish/content.js';
import type { RegisterEntry } from '../register/register-comparison.js';
import type { LastTold, PartType, ResourceThere, RowThere } from '../store/reconciliations.js';
import { type Has, type Keeping, registerEntry } from './register-entry.js';
import type { LedgerContent } from './versions.js';

/** A part of a version: what a body's server holds under one identifier. */
export type Part = { type: PartType; uuid: string };

/** What a body's register has of a person: one case of its own, or an episode as its people see it. */
export type Case = Pick<RowThere, 'recordVersion'> & { nhsNumber: string; said: RegisterEntry };

/** `status`: as it was sent. `mustStand`: what it belongs to is not over, so that it may not be gone. */
type Told = Part & { status: string; mustStand: boolean };

/** Every part that a version was sent as. */
export function partsTold({ content }: LastTold): Told[] {
  const { publication, ids }: LedgerContent = content as LedgerContent; // written by us
  return publication.episodes.flatMap((episode): Told[] => {
    const own = ids.find((each) => sameEpisode(each, episode));
    if (!own) return [];
    const { episodeOfCare, flag, carePlan } = episode;
    const mustStand = isOpen(episode);
    return [
      { type: 'EpisodeOfCare', uuid: own.episode, status: episodeOfCare, mustStand },
      ...(flag === null
        ? []
        : [{ type: 'Flag' as const, uuid: own.flag, status: flag.status, mustStand: flag.status === 'active' }]),
      { type: 'CarePlan', uuid: own.carePlan, status: carePlan, mustStand },
    ];
  });
}

/** An episode of which a body must hold something that is not over. */
export const isOpen = ({ flag, episodeOfCare }: EpisodeContent): boolean =>
  flag?.status === 'active' || episodeOfCare === 'planned';

type By = Keeping & { codes: Codes };

/**
 * A person's rows as cases. Whoever works with a register sees the Flag: where it says something else than its EpisodeOfCare,
 * the Flag counts, unless one of them is merely behind. What stands there twice under one identifier is two.
 */
export function casesIn(rows: readonly RowThere[], told: readonly LastTold[], by: By): Case[] {
  const once = [...new Map(rows.map((row) => [row.resource?.at ?? row, row])).values()];
  const flagOf = new Map(told.flatMap(idsIn).map(({ episode, flag }) => [episode, flag]));
  const entries = once.flatMap((row) => (row.said === null ? [] : [{ ...row, said: row.said }]));
  const flags = once.flatMap(({ resource, ...row }) => (resource?.type === 'Flag' ? [{ ...row, resource }] : []));
  const cases = entries.map((entry) => {
    const uuid = flagOf.get(entry.resource?.uuid ?? '');
    return asSeen(
      entry,
      flags.filter(({ resource }) => resource.uuid === uuid),
      by,
    );
  });
  const claimed = new Set(entries.map(({ resource }) => flagOf.get(resource?.uuid ?? '')));
  const alone = flags.filter(({ resource }) => !claimed.has(resource.uuid ?? undefined));
  const twice = [
    ...entries.filter(isOpenCase).filter(isTwice),
    ...flags
      .filter(isActive)
      .filter(isTwice)
      .flatMap((flag) => caseOfFlag(flag, by)),
  ];
  return [...cases, ...alone.flatMap((flag) => caseOfFlag(flag, by)), ...twice.map((each) => underItsPlace(each, by))];
}

/** Not over. */
export const isOpenCase = ({ said }: Case): boolean => said.status === 'active' || said.status === 'prospective';

const idsIn = ({ content }: LastTold) => {
  const { ids, retired } = content as LedgerContent; // written by us
  return [...ids, ...retired];
};

type OfResource = Omit<RowThere, 'resource'> & { resource: ResourceThere };

function asSeen(entry: Case, flags: readonly OfResource[], by: By): Case {
  const { said, recordVersion, nhsNumber } = entry;
  const isBehind = flags.some((flag) => flag.recordVersion !== recordVersion);
  if (flags.length === 0 || isBehind) return entry;
  const isShown = flags.some(isActive);
  const isTaken = isShown ? said.status !== 'active' : said.status === 'active';
  if (!isTaken) return entry;
  const status = isShown ? 'active' : (FLAG[flags[0]?.resource.status ?? ''] ?? said.status);
  return { ...entry, said: entryAs(said, { nhsNumber, status }, by) };
}

/** FHIR R4 Flag.status. */
const FLAG: Record<string, RegisterEntry['status']> = {
  active: 'active',
  inactive: 'ended',
  'entered-in-error': 'none',
};

const isActive = ({ resource }: OfResource): boolean => resource.status === 'active';

/** What a Flag says by itself. */
function caseOfFlag({ nhsNumber, recordVersion, resource }: OfResource, by: By): CaseThere[] {
  const { status: shown, from, to } = resource;
  const status = FLAG[shown];
  const said = status === undefined ? null : registerEntry({ nhsNumber, status, from, to }, by, by.codes);
  return said === null ? [] : [{ nhsNumber, recordVersion, said, resource }];
}

type CaseThere = Case & Pick<RowThere, 'resource'>;

/** Another stands under the same identifier, which is for one. */
const isTwice = (
  { resource }: Pick<RowThere, 'resource'>,
  _: number,
  all: readonly Pick<RowThere, 'resource'>[],
): boolean => resource?.uuid != null && all.filter((other) => other.resource?.uuid === resource.uuid).length > 1;

/** As a case of its own by where it stands, so that the body finds it. */
function underItsPlace({ resource, said, ...row }: CaseThere, by: By): Case {
  return { ...row, said: entryAs(said, { nhsNumber: row.nhsNumber, caseId: resource?.at ?? null }, by) };
}

/** The same with something else in it. */
function entryAs(
  said: RegisterEntry,
  other: Partial<Has> & { nhsNumber: string },
  { codes, ...keeping }: By,
): RegisterEntry {
  const { status, from, to, council, icb, caseId, birthDate } = said;
  const has = { status, from, to, council, icb, caseId, ...(birthDate === undefined ? {} : { birthDate }), ...other };
  return registerEntry(has, keeping, codes) ?? said;
}
