import { FAULTS } from '../fault.js';
import type { ChargeKind } from '../register/charged.js';
import type { Clock, ClockKind, EntryStatus, PlanLack, QuestionKind } from '../register/entry.js';
import type { DifferenceKind } from '../register/register-comparison.js';
import type { DeliveryState } from '../store/deliveries.js';
import type { MessageState } from '../store/message.js';
import { answerDoes } from './answers.js';
import { attentionText, figures } from './figures.js';
import { type Stood, standingText } from './standing.js';

type Tone = 'good' | 'waiting' | 'attention' | 'paused' | 'quiet';
type Word = { label: string; tone: Tone; hint: string };

const ENTRY: Record<EntryStatus, Word> = {
  active: { label: 'Active', tone: 'good', hint: 'Section 117 aftercare is owed now.' },
  prospective: {
    label: 'Prospective',
    tone: 'waiting',
    hint: 'Detained under a qualifying section, and not known to have left hospital since: aftercare is owed from the day of leaving.',
  },
  'not-known': {
    label: 'Not known',
    tone: 'quiet',
    hint: 'Nothing qualifying has reached this register. That does not mean that nothing is owed.',
  },
  ended: { label: 'Ended', tone: 'quiet', hint: 'Council and ICB both decided that aftercare is no longer needed.' },
  died: { label: 'Died', tone: 'quiet', hint: 'The person has died.' },
  'entered-in-error': {
    label: 'In error',
    tone: 'quiet',
    hint: 'What this rested on was an error and is taken back; whoever was told hears so.',
  },
};

const MESSAGE: Record<MessageState, Word> = {
  received: { label: 'Waiting', tone: 'waiting', hint: 'Stored and acknowledged; not interpreted yet.' },
  interpreted: { label: 'Interpreted', tone: 'good', hint: 'Read, and its facts are in the register.' },
  ignored: { label: 'Ignored', tone: 'quiet', hint: 'Understood; there was nothing to learn from it.' },
  parked: { label: 'Parked', tone: 'attention', hint: 'Kept; a person must look.' },
  rejected: {
    label: 'Rejected',
    tone: 'attention',
    hint: 'Unreadable, from an unknown sender, or not for us. Its content was not kept.',
  },
};

const DELIVERY: Record<DeliveryState, Word> = {
  due: { label: 'Due', tone: 'waiting', hint: 'Waits to be sent.' },
  sending: { label: 'Sending', tone: 'waiting', hint: 'On its way now.' },
  'handed-over': { label: 'Handed over', tone: 'waiting', hint: 'A file or mailbox has it; no answer yet.' },
  confirmed: { label: 'Confirmed', tone: 'good', hint: 'The body has answered that it holds this version.' },
  parked: { label: 'Parked', tone: 'attention', hint: 'Not sent again by itself; a person must look.' },
  overtaken: { label: 'Overtaken', tone: 'quiet', hint: 'A newer version took its place.' },
};

const CLOCK: Record<ClockKind, string> = {
  plan: 'Aftercare plan',
  'follow-up': 'First contact after leaving hospital',
  review: 'Review',
  'review-after-readmission': 'Review before leaving hospital again',
  'other-decision': 'Decision of the other body',
  notice: 'Written notice of the ending',
};

const LACK: Record<PlanLack, string> = {
  lead: 'a named lead',
  needs: 'needs',
  services: 'a service for each need',
  'who-pays': 'who pays for each service',
  'review-date': 'a day for the review',
  'crisis-plan': 'a crisis plan',
  participants: 'who took part',
  'copy-given': 'the day on which the person was given a copy',
};

const CLOCK_STATE: Record<Clock['state'], Word> = {
  running: { label: 'Running', tone: 'waiting', hint: 'Not due yet.' },
  overdue: { label: 'Overdue', tone: 'attention', hint: 'The day has passed.' },
  chased: { label: 'Chase', tone: 'attention', hint: 'Overdue for as long as the partnership waits before it asks.' },
  escalated: { label: 'Escalate', tone: 'attention', hint: 'Overdue for so long that it goes to who leads.' },
  done: { label: 'Done', tone: 'good', hint: 'Done, on the day that is given.' },
};

const QUESTION: Record<QuestionKind, string> = {
  'which-council': 'Which council is responsible?',
  'which-icb': 'Which ICB is responsible?',
  'council-disputed': 'Councils dispute who is responsible',
  'unmapped-code': 'A code that no table knows',
  'legal-status-unclear': 'The legal status is not clear',
  'history-unchecked': 'Earlier history not checked',
  'identity-unverified': 'NHS number missing or not verified',
  'identity-conflict': 'Two people may have been mixed up',
  'stay-moved': 'A stay was moved, and not clearly from whom',
  'confidentiality-incident': 'What was told was of another person',
  'ending-proposed': 'An ending is proposed',
  'ending-incomplete': 'An ending is incomplete or contradicted',
  'detention-withdrawn': 'A detention was taken back',
  'death-unverified': 'A death is not verified',
  'body-split': 'A body was split: which successor?',
  'registers-differ': 'The registers differ',
  'body-objects': 'A body objects to what it was told',
  'moved-abroad': 'Moved abroad?',
  'leave-or-aftercare': 'Leave, or has aftercare begun?',
  'no-news-since-transfer': 'No news for a long time',
  'charges-unchecked': 'Was anything charged?',
};

const DIFFERENCE: Record<DifferenceKind, string> = {
  'missing-here': 'there, and nothing that qualifies is known here',
  'missing-there': 'here, and not in that register',
  'status-differs': 'with another status',
  'dates-differ': 'with another day',
  'body-differs': 'with another responsible body there',
  'version-behind': 'with an older version there',
  twice: 'one person twice there',
  'identity-conflict': 'perhaps another person, or under a number that was retired',
};

const CHARGE: Record<ChargeKind, string> = {
  'charged-while-owed': 'charged while aftercare is owed',
  'recorded-as-care-act': 'recorded as Care Act, of somebody with a qualifying detention',
  'found-late': 'the detention was told after the charge began',
  'accommodation-in-plan': 'a contribution to accommodation that the plan calls aftercare',
};

const BASIS: Record<string, string> = {
  s3: 'section 3',
  s37: 'section 37',
  's37-41': 'sections 37 and 41',
  s45A: 'section 45A',
  s47: 'section 47',
  's47-49': 'sections 47 and 49',
  s48: 'section 48',
  's48-49': 'sections 48 and 49',
  'cpia-hospital-order': 'hospital order, Criminal Procedure (Insanity) Act 1964',
  'other-confirmed': 'a power that people found to qualify',
};

const CONCURRENT: Record<string, string> = {
  cto: 'community treatment order',
  'conditional-discharge': 'conditional discharge',
  's17-leave': 'section 17 leave',
  guardianship: 'guardianship',
  inpatient: 'admitted to hospital',
  custody: 'in custody',
  awol: 'absent without leave',
};

const FUNDED: Record<string, string> = {
  s117: 'funded under section 117',
  'care-act': 'funded under the Care Act 2014',
  nhs: 'funded by the NHS',
};

const ACTION: Record<string, string> = {
  'person-seen': 'Opened a person',
  'person-listed': 'Saw a person in a list',
  'messages-searched': 'Searched for a person’s messages',
  'content-seen': 'Opened the content of a message',
  'version-seen': 'Opened what a body was told',
  'answer-seen': 'Opened a body’s answer',
  'fact-recorded': 'Recorded a fact',
  'evidence-made': 'Made a document of evidence',
  'handed-over-again': 'Handed over again',
  'body-paused': 'Paused a body',
  'body-resumed': 'Resumed a body',
  'register-compared': 'Compared a body’s register, and mended',
};

const ACKNOWLEDGEMENT: Record<string, string> = {
  AA: 'accepted: the message was on disk before this was sent',
  CA: 'accepted: the message was on disk before this was sent',
  AE: 'not stored: the sender sends it again',
  CE: 'not stored: the sender sends it again',
  AR: 'refused: sending the same again changes nothing',
  CR: 'refused: sending the same again changes nothing',
};

const PAGES: Record<string, { path: string; name: string }> = {
  message: { path: 'messages', name: 'Message' },
  delivery: { path: 'deliveries', name: 'Delivery' },
  body: { path: 'bodies', name: 'Body' },
};

/** What the audit names, as a link: a row of ours, or a person by the key. */
function subjectLink(subject: string): { text: string; href: string | null } {
  const [, kind = '', id = ''] = /^([a-z]+):(.+)$/.exec(subject) ?? [];
  const page = PAGES[kind];
  if (page) return { text: `${page.name} ${id}`, href: `/console/${page.path}/${id}` };
  const isPerson = /^[0-9a-f-]{36}$/.test(subject);
  return {
    text: isPerson ? `Person ${subject.slice(0, 8)}` : subject,
    href: isPerson ? `/console/register/${subject}` : null,
  };
}

const faultText = (code: string): string => (code in FAULTS ? FAULTS[code as keyof typeof FAULTS].text : plain(code));

/** For a list to choose from. */
const choices = (words: Record<string, Word>) =>
  Object.entries(words).map(([value, { label }]) => ({ value, text: label }));

const plain = (code: string): string => code.replaceAll('-', ' ');
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Codes in the words that officers and engineers use. A code without a word is shown as it is. */
export const wording = {
  entry: (status: EntryStatus): Word => ENTRY[status],
  /** What the status means for this person: with the days, and what bears on it. */
  standing: (entry: Stood): string => standingText(entry) ?? ENTRY[entry.status].hint,
  message: (state: MessageState): Word => MESSAGE[state],
  delivery: (state: DeliveryState): Word => DELIVERY[state],
  question: (kind: QuestionKind): string => QUESTION[kind],
  /** In how many people two registers differ so. */
  difference: (kind: DifferenceKind): string => DIFFERENCE[kind],
  charge: (kind: ChargeKind): string => CHARGE[kind],
  clock: (kind: ClockKind): string => CLOCK[kind],
  lack: (what: PlanLack): string => LACK[what],
  clockState: (state: Clock['state']): Word => CLOCK_STATE[state],
  detention: (basis: string): string => BASIS[basis] ?? basis,
  concurrent: (code: string): string => CONCURRENT[code] ?? plain(code),
  episode: (status: string): string => (status === 'superseded' ? 'superseded by a new detention' : plain(status)),
  funded: (by: string): string => FUNDED[by] ?? plain(by),
  plain,
  sentence,
  /** An answer to a question: words of ours, or the code of a body. */
  option: (option: string): string => sentence(plain(option)),
  /** What follows from an answer; null where the name of a body says it. */
  answerDoes,
  chargeChoices: Object.entries(CHARGE).map(([value, text]) => ({ value, text: sentence(text) })),
  entryChoices: choices(ENTRY),
  messageChoices: choices(MESSAGE),
  deliveryChoices: choices(DELIVERY),
  faultChoices: Object.entries(FAULTS).map(([value, { text }]) => ({ value, text })),
  actionChoices: Object.entries(ACTION).map(([value, text]) => ({ value, text })),
  paused: { label: 'Paused', tone: 'paused', hint: 'Nothing is handed over until somebody resumes.' } satisfies Word,
  notConnected: {
    label: 'Not connected',
    tone: 'attention',
    hint: 'The site file gives it no destination.',
  } satisfies Word,
  health: (up: boolean): Word => ({ label: up ? 'Up' : 'Down', tone: up ? 'good' : 'attention', hint: '' }),
  action: (action: string): string => ACTION[action] ?? plain(action),
  acknowledgement: (code: string): string => ACKNOWLEDGEMENT[code] ?? code,
  /** How an attempt ended: `confirmed`, `handed-over`, or a fault; `answered`: the body had fetched it, and answers it. */
  result: (result: string): string =>
    result === 'answered' ? 'answered: the body had fetched this version' : faultText(result),
  subject: subjectLink,
  figures,
  attention: attentionText,
};
