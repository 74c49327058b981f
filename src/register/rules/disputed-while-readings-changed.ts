import type { Rule } from '../rule.js';

export const whileReadingsChanged: Rule = {
  id: 'disputed-while-readings-changed',
  says: 'From 24 June 2020 until the Supreme Court decided, it was held, denied and held again that a re-detention leaves the first council responsible. A determination of that time about a person detained again may rest on the reading that did not last.',
  cites: 'DHSC position of 24 June 2020; [2021] EWCA Civ 1957; overruled by [2023] UKSC 31 on 10 August 2023',
  inForce: { from: '2020-06-24', to: '2023-08-09' },
  heldBy: ['a determination of the years in which the courts changed their mind says so, and stands'],
};
