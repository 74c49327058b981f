import { EXTENSION } from '../fhir/s117.js';

/** One Flag of a council and the CarePlan that came with it, or a CarePlan that came alone. */
export type Holding = {
  nhsNumber: string;
  flag: { status: string; from: string | null; to: string | null; why: string | null } | null;
  carePlan: string | null;
};

type Named = { identifier?: { value?: string } };
type Held = {
  status: string;
  subject?: Named;
  period?: { start?: string; end?: string };
  supportingInfo?: Named[];
  extension?: { url: string; valueReference?: Named; valueCodeableConcept?: { coding?: { code?: string }[] } }[];
};

/**
 * What the FHIR server at `url` answers when it is asked what it holds, nothing of which comes from the service; null
 * when it does not answer.
 */
export async function holdingsOf(url: string): Promise<Holding[] | null> {
  const [flags, carePlans] = await Promise.all([held(url, 'Flag'), held(url, 'CarePlan')]);
  if (!flags || !carePlans) return null;
  const alone = carePlans.filter((plan) => !flags.some((flag) => episodeOf(flag) === episodeOf(plan)));
  return [
    // One for each Flag: two of one episode must be seen as two.
    ...flags.map((flag) =>
      holding(
        flag,
        carePlans.find((plan) => episodeOf(plan) === episodeOf(flag)),
        flagOf(flag),
      ),
    ),
    ...alone.map((plan) => holding(plan, plan, null)),
  ];
}

const holding = (about: Held, carePlan: Held | undefined, flag: Holding['flag']): Holding => ({
  nhsNumber: about.subject?.identifier?.value ?? 'unknown',
  flag,
  carePlan: carePlan?.status ?? null,
});

async function held(url: string, type: 'Flag' | 'CarePlan'): Promise<Held[] | null> {
  const response = await fetch(`${url}/${type}?_count=1000`).catch(() => null);
  if (!response?.ok) return null;
  const { entry = [] } = (await response.json()) as { entry?: { resource: Held }[] };
  return entry.map(({ resource }) => resource);
}

/** The Flag and the CarePlan of one episode name the same EpisodeOfCare, each in its own place. */
const episodeOf = (resource: Held): string =>
  (extensionOf(resource, EXTENSION.episode)?.valueReference ?? resource.supportingInfo?.[0])?.identifier?.value ?? '';

const extensionOf = ({ extension = [] }: Held, wanted: string) => extension.find(({ url }) => url === wanted);

function flagOf(flag: Held): Holding['flag'] {
  const reason = extensionOf(flag, EXTENSION.inactiveReason);
  return {
    status: flag.status,
    from: flag.period?.start ?? null,
    to: flag.period?.end ?? null,
    why: reason?.valueCodeableConcept?.coding?.[0]?.code ?? null,
  };
}
