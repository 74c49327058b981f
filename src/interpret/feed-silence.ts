import type { Message } from '../hl7v2/message.js';
import type { Feed } from './feed.js';

/** The paths of a definition, by key, at which none of the messages holds anything: written wrongly, or never tried. */
export function silentPaths(feed: Feed, messages: readonly Message[]): string[] {
  const { name, death, prior, periods } = feed;
  const places: [string, readonly string[] | undefined][] = [
    ...feed.nhsNumber.map(({ field }): [string, string[]] => ['nhsNumber', [field]]),
    ...feed.localIds.map(({ field }): [string, string[]] => ['localIds', [field]]),
    ['nhsNumberStatus', feed.nhsNumberStatus],
    ['name.family', name?.family],
    ['name.given', name?.given],
    ['birthDate', feed.birthDate],
    ['postcode', feed.postcode],
    ['gpPractice', feed.gpPractice],
    ['death.indicator', death?.indicator],
    ['death.on', death?.on],
    ['patientClass', feed.patientClass],
    ['visit', feed.visit],
    ['admittedAt', feed.admittedAt],
    ['leftAt', feed.leftAt],
    ['dischargeMethod', feed.dischargeMethod],
    ['dischargeDestination', feed.dischargeDestination],
    ['prior.visit', prior?.visit],
    ['eventTime', feed.eventTime],
  ];
  const holds = (path: string) => messages.some((message) => message.value(path) !== null);
  const silent = places.flatMap(([key, paths]) =>
    (paths ?? []).filter((path) => !holds(path)).map((path) => `${key} ${path}`),
  );
  const isTold = !periods || messages.some((message) => message.segment(periods.segment) !== null);
  return isTold ? silent : [...silent, `periods ${periods.segment}`];
}
