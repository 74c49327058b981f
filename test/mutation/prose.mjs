import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** What is read by people and decides nothing: the text of a question or of a reason, and what a rule says and cites. */
const PROSE = new Set(['text', 'says', 'cites', 'heldBy']);

const isProse = ({ node, parentPath }) =>
  (node.type === 'ObjectProperty' && PROSE.has(node.key.name)) || isReason(node, parentPath?.node);

/** The second argument of `desk.because(rule, text, facts)`. */
const isReason = (node, parent) =>
  parent?.type === 'CallExpression' && parent.callee.property?.name === 'because' && parent.arguments[1] === node;

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'prose', {
    shouldIgnore: (path) => (isProse(path) ? 'prose: worded for people, and decides nothing' : undefined),
  }),
];
