import type { QuestionKind } from '../register/entry.js';

const UNCHANGED = 'nothing changes here, and the question is closed';
const ASKED_AGAIN = 'nothing changes, and it is asked again after the interval of the partnership';

/** What follows from each answer that is no body's code. */
const DOES: Partial<Record<QuestionKind, Readonly<Record<string, string>>>> = {
  'which-council': {
    'first-duty-goes-on': 'the council of the first duty stays responsible when the person leaves hospital again',
    'new-duty':
      'the first duty ended with the return to hospital; a new one begins on leaving, with residence tested immediately before that return',
  },
  'legal-status-unclear': {
    qualifies: 'it counts as a qualifying detention: aftercare is owed from the day of leaving hospital',
    'does-not-qualify': 'it counts for nothing; what else is known of the person stays as it is',
    detained: 'it counts as a qualifying detention: aftercare is owed from the day of leaving hospital',
    'not-shown': 'it counts for nothing; that is no finding that nothing is owed',
  },
  'history-unchecked': {
    'no-qualifying-detention':
      'the question is closed; the status stays "not known", and nobody is told "not entitled"',
  },
  'detention-withdrawn': {
    'detention-stands': 'the detention counts as before, and only its record was at fault',
    'never-detained':
      'it counts no more: what rests on it alone is marked as entered in error, and whoever was told hears so',
  },
  'death-unverified': {
    confirmed: 'aftercare ends with the death, and whoever was told hears so',
    'not-confirmed': 'that death counts for nothing, and aftercare goes on',
  },
  'leave-or-aftercare': {
    'leave-only': `aftercare has not begun; ${ASKED_AGAIN}`,
    'may-be-taken-back': `the detention goes on; ${ASKED_AGAIN}`,
    'never-left': 'the discharge was an error: aftercare has not begun, and whoever was told hears so',
    'left-and-came-back': 'it is a readmission: aftercare goes on from the day on which the person left',
    'left-hospital': 'aftercare is owed from that day',
    'still-in-hospital': `aftercare has not begun; ${ASKED_AGAIN}`,
  },
  'no-news-since-transfer': { 'still-in-hospital': ASKED_AGAIN, 'still-in-prison': ASKED_AGAIN },
  'identity-conflict': {
    'number-given-twice': 'each was detained, under one number that was given twice: the detention counts for both',
    'record-is-theirs': "the record is this person's: what is told of it without an NHS number counts here",
    'record-is-anothers':
      "the record is not this person's: what is told of it without an NHS number does not count here",
    'one-person': 'the numbers are one person: what was told under each counts together',
    'order-had-ended': 'the community treatment order had ended before: the decision counts',
    'two-people': 'they are two people: each has what was told under their own number',
  },
  'stay-moved': {
    'nothing-to-move': UNCHANGED,
    'goes-with-the-stay':
      'the detention is of whom the stay was moved to; who was told of it of the first hears that it was an error',
    stays: 'the detention stays with whom it was told of',
  },
  'confidentiality-incident': {
    'handled-as-incident': 'the question is closed; how it was handled stands in the reason of the answer',
    'nothing-was-disclosed': 'the question is closed',
  },
  'ending-proposed': {
    'two-people': 'two people of one name decided: both decisions count, and aftercare ended on the later day',
    'two-bodies': 'each body decided for itself: both decisions count, and aftercare ended on the later day',
  },
  'registers-differ': {
    'ours-stands': 'this register is right, and the other is to be mended; nothing changes here',
    'bodies-asked': 'what their registers say next is awaited; nothing changes here',
  },
  'body-objects': {
    'stays-responsible': 'the body stays responsible and goes on being told; the question is closed',
    'body-asked': 'what the body says next is awaited; nothing changes here',
  },
  'moved-abroad': { 'duty-goes-on': UNCHANGED },
  'charges-unchecked': {
    'nothing-charged': UNCHANGED,
    'given-back': UNCHANGED,
    'for-other-needs': UNCHANGED,
  },
};

const OF_A_BODY: Partial<Record<QuestionKind, string>> = {
  'which-council': 'is the responsible council, and the register says that people agreed it',
  'council-disputed': 'is the responsible council, and the register says that people agreed it',
  'which-icb': 'is the responsible ICB, and the register says that people agreed it',
  'body-split': 'answers for this person, and the register says that people agreed it',
};

/** What follows from an answer to a question; null where nothing is known to say. */
export const answerDoes = (kind: QuestionKind, option: string): string | null =>
  DOES[kind]?.[option] ?? OF_A_BODY[kind] ?? null;
