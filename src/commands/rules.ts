import { CHAPTERS, RULES, RULES_VERSION } from '../register/rules.js';
import { type Command, isSet } from './command.js';
import { inForceText, lawPage } from './law-text.js';

export const rulesCommand: Command = {
  name: 'rules',
  summary: 'every rule the register applies, with its source, its dates and the tests that hold it',
  usage: 'aftercare rules [--markdown] [--json]',
  example: 'aftercare rules',
  optionsOnly: true,
  options: { markdown: { type: 'boolean', says: 'as the page docs/law.md' } },
  async run(line, { out }) {
    if (isSet(line, 'json')) out(JSON.stringify({ version: RULES_VERSION, rules: RULES }, null, 2));
    else if (isSet(line, 'markdown')) out(lawPage(CHAPTERS).trimEnd());
    else {
      for (const { title, rules } of CHAPTERS) {
        out(`\n${title}`);
        for (const rule of rules) {
          out(`  ${rule.id}\n    ${rule.says}\n    source: ${rule.cites}; in force: ${inForceText(rule)}`);
          for (const held of rule.heldBy) out(`    held by: ${held}`);
        }
      }
      out(`\nVersion ${RULES_VERSION}. What is unsettled is asked, not decided.`);
    }
    return 0;
  },
};
