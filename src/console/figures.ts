import type { OverviewView } from './schemas.js';

type Figure = {
  label: string;
  count: number;
  href: string;
  oldestAt: string | null;
  tone: 'attention' | null;
};

/** What somebody who opens the overview must know first. */
export function figures({ uninterpreted, parked, questions, bodies }: OverviewView): Figure[] {
  const waiting = bodies.filter(({ counts }) => count(counts, 'due', 'sending', 'handed-over') > 0);
  const stuck = bodies.filter(({ counts }) => count(counts, 'parked') > 0);
  return [
    { label: 'wait to be interpreted', href: '/console/messages?state=received', ...uninterpreted, tone: null },
    {
      label: 'messages parked',
      count: sum(parked.map((each) => each.count)),
      href: '/console/messages?state=parked',
      oldestAt: oldest(parked.map((each) => each.oldestAt)),
      tone: parked.length > 0 ? 'attention' : null,
    },
    {
      label: 'questions for a person',
      count: sum(questions.map((each) => each.count)),
      href: '/console/questions',
      oldestAt: null,
      tone: null,
    },
    {
      label: 'not yet delivered',
      count: sum(waiting.map(({ counts }) => count(counts, 'due', 'sending', 'handed-over'))),
      href: '/console/bodies',
      oldestAt: oldest(waiting.map((body) => body.oldestUndeliveredAt)),
      tone: null,
    },
    {
      label: 'deliveries parked',
      count: sum(stuck.map(({ counts }) => count(counts, 'parked'))),
      href: '/console/deliveries?state=parked',
      oldestAt: oldest(stuck.map((body) => body.oldestUndeliveredAt)),
      tone: stuck.length > 0 ? 'attention' : null,
    },
  ];
}

/** Said aloud to who cannot see the page, when it changes. */
export function attentionText(overview: OverviewView): string {
  const down = overview.parts.filter(({ up }) => !up).map(({ name }) => `${name} is down`);
  const { length } = overview.alerts.on;
  const alerts = length === 0 ? [] : [`${length} alert${length === 1 ? '' : 's'} on`];
  const counts = figures(overview).filter(({ label }) => label.includes('parked') || label.includes('questions'));
  return [...down, ...alerts, ...counts.map(({ count: of, label }) => `${of} ${label}`)].join(', ');
}

const count = (counts: OverviewView['bodies'][number]['counts'], ...states: (keyof typeof counts)[]): number =>
  sum(states.map((state) => counts[state] ?? 0));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

const oldest = (instants: readonly (string | null)[]): string | null =>
  instants.filter((instant): instant is string => instant !== null).sort()[0] ?? null;
