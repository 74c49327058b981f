import type { Rule } from '../register/rule.js';
import type { Chapter } from '../register/rules.js';

/** `from 1 April 2015`, in the form of the dates. */
export function inForceText({ inForce }: Rule): string {
  if (inForce === null) return 'made, not commenced: begins on the day that the site file gives';
  const { from, to } = inForce;
  if (from === null && to === null) return 'always';
  return [from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(' ');
}

const INTRODUCTION = `# The law that the register applies

Every conclusion of the register names one of these rules and the facts it was applied to. A rule is a file in
\`src/register/rules/\`; this page is written from them (\`aftercare rules --markdown\`), and a test keeps it current.
What is unsettled is asked, not decided: the rule says so. "In force" is the time whose events a rule is applied to.
`;

/** The page \`docs/law.md\`. */
export const lawPage = (chapters: readonly Chapter[]): string =>
  [INTRODUCTION, ...chapters.map(({ title, rules }) => `## ${title}\n\n${rules.map(ruleSection).join('\n')}`)].join(
    '\n',
  );

const ruleSection = (rule: Rule): string =>
  [
    `### \`${rule.id}\`\n`,
    `${rule.says}\n`,
    `- Source: ${rule.cites}`,
    `- In force: ${inForceText(rule)}`,
    '- Held by:',
    ...rule.heldBy.map((title) => `  - ${title}`),
    '',
  ].join('\n');
