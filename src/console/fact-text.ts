import type { Instant } from '../register/day.js';
import { QUESTION_KINDS } from '../register/entry.js';
import type { AgreedPlan, Answered, Fact, LegalStatus } from '../register/fact.js';
import { dayText, nhsNumberText } from './clock.js';
import { wording } from './wording.js';

/** Who said it. */
export const statedByText = ({ source }: Fact): string =>
  source.by === 'message'
    ? source.sender
    : `${source.statedBy.name}, ${source.statedBy.role}, ${source.statedBy.organisation}`;

const until = (to: string | null): string => (to === null ? 'onwards' : `to ${dayText(to)}`);
const statusText = ({ text, code }: LegalStatus): string => (text ? `${text} (${code})` : `legal status ${code}`);
const orUnsaid = (text: string | null): string => text ?? 'not said';

const LEAVING = {
  left: 'to the community',
  transferred: 'to other hospital care',
  custody: 'to prison or police custody',
  died: 'by death',
  unclear: 'where to is not clear',
} as const;

const COMMUNITY = {
  CTO: 'community treatment order',
  CD: 'conditional discharge',
  S17: 'section 17 leave',
  RECALL: 'recall to hospital',
  REVOKED: 'revocation of a community treatment order',
  AWOL: 'absence without leave',
} as const;

const OUTCOME: Record<Answered['outcome'], string> = {
  accepted: 'has taken up what it was told',
  'accepted-responsibility-disputed': 'has taken up what it was told, and disputes that it is responsible',
  rejected: 'rejects what it was told',
};

const planText = ({ agreedOn, needs }: AgreedPlan): string =>
  `plan agreed on ${dayText(agreedOn)}, ${needs.length} need${needs.length === 1 ? '' : 's'}`;

/** The facts of a person by their ids, which are the same in capitals. */
export type FactsById = ReadonlyMap<string, Fact>;
export const factsById = (facts: readonly Fact[]): FactsById =>
  new Map(facts.map((fact) => [fact.id.toLowerCase(), fact]));

/** Statements about the register, which were never true on a day of their own. */
const OF_THE_REGISTER: readonly Fact['kind'][] = ['answer', 'withdrawn', 'identity-separated'];

/** When a fact was true; a statement about the register itself, since it was recorded. */
export const trueSince = ({ kind, effectiveAt }: Fact, learntAt: Instant): Instant =>
  OF_THE_REGISTER.includes(kind) ? learntAt : effectiveAt;

/**
 * What a fact says, for a person to read; with the other facts of the person also what it takes back. Patient data: for
 * the page of its person only.
 */
export function factText(fact: Fact, others?: FactsById): string {
  if (fact.kind === 'withdrawn' && others) return takenBackText(fact, others);
  return fact.source.by === 'message' ? toldText(fact) : stated(fact);
}

function takenBackText({ fact: id, because }: Extract<Fact, { kind: 'withdrawn' }>, others: FactsById): string {
  const taken = others.get(id.toLowerCase());
  return taken
    ? `it is taken back that: ${factText(taken)}. Because: ${because}`
    : `statement ${id} is taken back, which is not known of this person: ${because}`;
}

function toldText(fact: Fact): string {
  switch (fact.kind) {
    case 'demographics':
      return [fact.family, ...fact.given, fact.birthDate && `born ${dayText(fact.birthDate)}`]
        .filter(Boolean)
        .join(' ');
    case 'residence':
      return `lives at postcode ${fact.postcode}`;
    case 'gp-practice':
      return `registered with practice ${fact.code}`;
    case 'nhs-number-status':
      return fact.verified
        ? 'NHS number verified'
        : `NHS number not verified${fact.problem ? ` (${fact.problem})` : ''}`;
    case 'admitted':
      return `admitted${fact.visit ? `, visit ${fact.visit}` : ''}`;
    case 'left-hospital':
      return `left hospital, ${LEAVING[fact.leaving]}; method ${orUnsaid(fact.method)}, destination ${orUnsaid(fact.destination)}`;
    case 'detention':
      return `${statusText(fact.status)} from ${dayText(fact.from)} ${until(fact.to)}; period ${fact.period}`;
    case 'detention-withdrawn':
      return `the sender takes back period ${fact.period}`;
    case 'community-status':
      return `${COMMUNITY[fact.status]} ${fact.withdrawn ? 'taken back' : until(fact.to)}; period ${fact.period}`;
    case 'ordinary-residence':
      return `lived before detention in ${fact.council?.code ?? `postcode ${orUnsaid(fact.postcode)}`}`;
    case 'commissioner':
      return fact.icb ? `commissioner stated: ${fact.icb.code}` : 'the statement of the commissioner is taken back';
    case 'died':
      return fact.withdrawn ? 'a report of death is taken back' : `died${fact.on ? ` on ${dayText(fact.on)}` : ''}`;
    case 'care-plan':
      return planText(fact);
    case 'care-plan-withdrawn':
      return 'the sender takes back its plan';
    case 'replied':
      return replyText(fact);
    case 'identity-merged':
      return `the record ${[fact.retired.nhsNumber, ...fact.retired.localIds.map(({ value }) => value)].filter(Boolean).join(', ')} is merged into this one`;
    default:
      return fact.kind.replaceAll('-', ' ');
  }
}

function stated(fact: Fact): string {
  switch (fact.kind) {
    case 'council-determined':
      return `council ${fact.council}, ${fact.standing}${fact.basis ? `: ${fact.basis.replaceAll('-', ' ')}` : ''}`;
    case 'icb-determined':
      return `ICB ${fact.icb}, ${fact.standing}${fact.basis ? `: ${fact.basis.replaceAll('-', ' ')}` : ''}`;
    case 'detention-stated':
      return `${statusText(fact.status)} from ${dayText(fact.from)} ${until(fact.to)}; ${fact.certainty.replaceAll('-', ' ')}`;
    case 'left-hospital-stated':
      return `left hospital on ${dayText(fact.on)}`;
    case 'aftercare-decision':
      return `${fact.body === 'icb' ? 'ICB' : fact.body} decided ${fact.decision.replaceAll('-', ' ')} on ${dayText(fact.decidedOn)}: ${fact.reasons.map((reason) => reason.replaceAll('-', ' ')).join(', ')}; person ${fact.personInvolved ? '' : 'not '}involved`;
    case 'reinstated':
      return `aftercare reinstated from ${dayText(fact.from)}: ${fact.reason}`;
    case 'plan':
      return planText(fact);
    case 'review':
      return `review held on ${dayText(fact.heldOn)}: ${fact.outcome}`;
    case 'charge':
      return `charged £${fact.amountPerWeek} a week for ${fact.for} from ${dayText(fact.from)} ${until(fact.to)}`;
    case 'register-entry':
      return registerText(fact);
    case 'reply':
      return replyText(fact);
    case 'history-checked':
      return `history checked on ${dayText(fact.on)}: ${fact.found.replaceAll('-', ' ')}`;
    case 'died-stated':
      return `died on ${dayText(fact.on)}${fact.verified ? ', verified' : ''}`;
    case 'answer':
      return answerText(fact);
    case 'identity-separated':
      return `is another person than the one with the NHS number ${nhsNumberText(fact.from)}`;
    case 'withdrawn':
      return `a statement is taken back: ${fact.because}`;
    case 'notice-given':
      return `notice given on ${dayText(fact.on)}`;
    default:
      return fact.kind.replaceAll('-', ' ');
  }
}

function answerText({ question, option, because }: Extract<Fact, { kind: 'answer' }>): string {
  const kind = QUESTION_KINDS.find((each) => question.startsWith(`${each}-`));
  const asked = kind === undefined ? `question ${question}` : `“${wording.question(kind)}” (${question})`;
  return `answered “${wording.option(option)}” to ${asked}: ${because}`;
}

const replyText = ({ outcome, ...said }: Extract<Fact, { kind: 'reply' | 'replied' }>): string =>
  outcome === null ? 'the body takes back what it answered' : `the body ${bodyAnswerText({ outcome, ...said })}`;

/** What a body answered to what it was told: whose words they are stands before it. */
export const bodyAnswerText = ({ outcome, reason, caseId }: Answered): string =>
  [`${OUTCOME[outcome]}${reason === null ? '' : `: ${reason}`}`, caseId && `its case is ${caseId}`]
    .filter(Boolean)
    .join('; ');

function registerText(fact: Extract<Fact, { kind: 'register-entry' }>): string {
  const { body, on, status, from, to, council, icb, caseId } = fact;
  const more = [
    from && `from ${dayText(from)}`,
    to && until(to),
    council && `council ${council}`,
    icb && `ICB ${icb}`,
    caseId && `its number ${caseId}`,
  ].filter(Boolean);
  return [`the ${body === 'icb' ? 'ICB' : body}’s register said on ${dayText(on)}: ${status}`, ...more].join(', ');
}
