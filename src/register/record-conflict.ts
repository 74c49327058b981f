import { type Answer, type Asking, CONTRADICTED, questionId } from './desk.js';
import { answersAmong, type Doubt } from './doubt.js';
import type { Fact } from './fact.js';
import type { Graph } from './graph.js';
import { joinIfOne } from './late-numbers.js';
import type { Numbers, Said } from './local-numbers.js';
import type { Merge } from './merges.js';
import { isNhsNode, nhsNode, nodesOf } from './nodes.js';
import { compare } from './order.js';

/**
 * A local identifier sent with several NHS numbers is of the one person that merges made of them, or of whom people say
 * that it is; else it is a conflict, and nobody's meanwhile. Where a merge has made the record a person's, it is asked
 * whether the numbers are one person.
 */
export function joinSeveral(merges: readonly Merge[], numbers: Numbers, facts: readonly Fact[], graph: Graph): Doubt[] {
  const several = [...numbers].filter(([, said]) => said.size > 1).sort(([a], [b]) => compare(a, b));
  const answers = several.length === 0 ? [] : answersAmong(facts);
  return several.flatMap(([local, said]): Doubt[] => {
    const merged = graph.parts().find((nodes) => nodes.includes(local)) ?? [];
    if (merged.some(isNhsNode)) {
      const by = merges.filter((merge) => nodesOf(merge).some((node) => merged.includes(node)));
      const told = [...by.map(({ id }) => id), ...[...said.values()].map(({ factId }) => factId)];
      return joinIfOne([...merged.filter(isNhsNode), ...said.keys()], told, graph, answers);
    }
    const { owner, asking } = whoseRecord(local, said, graph, answers);
    if (owner !== null) graph.join(local, owner);
    return asking === null ? [] : [{ asking, nodes: [local, ...said.keys()] }];
  });
}

/** `owner`: the part whose the record is; `asking`: while nobody has decided that. Both null: it is none's of them. */
type Decided = { owner: string | null; asking: Asking | null };

const [THEIRS, ANOTHERS] = ['record-is-theirs', 'record-is-anothers'];

/**
 * One local record that came with NHS numbers of several people. It is asked of each whether it is theirs, without naming
 * the others; it is whose they say, or whose alone it can be when it is not that of the rest.
 */
function whoseRecord(
  local: string,
  said: ReadonlyMap<string, Said>,
  graph: Graph,
  answers: readonly Answer[],
): Decided {
  const parts = new Set([...said.keys()].map((node) => graph.partOf(node)));
  if (parts.size === 1) return { owner: [...parts][0] ?? null, asking: null };
  const asking = askWhoseRecord(local, said);
  const id = questionId(asking.kind, asking.about);
  const saying = (chosen: string): Set<string> =>
    new Set(
      answers
        .filter(({ question, option }) => question === id && option === chosen)
        .flatMap(({ nhsNumber }) => (nhsNumber === null ? [] : [graph.partOf(nhsNode(nhsNumber))]))
        .filter((part) => parts.has(part)),
    );
  const [theirs, anothers] = [saying(THEIRS), saying(ANOTHERS)];
  const left = [...parts].filter((part) => !anothers.has(part));
  const owners = theirs.size > 0 ? [...theirs] : left;
  const isContradicted = theirs.size > 1 || [...theirs].some((part) => anothers.has(part));
  if (isContradicted)
    return { owner: null, asking: { ...asking, text: `${asking.text} ${CONTRADICTED}`, answers: [] } };
  if (owners.length > 1) return { owner: null, asking };
  return { owner: owners[0] ?? null, asking: null };
}

const askWhoseRecord = (local: string, said: ReadonlyMap<string, Said>): Asking => ({
  kind: 'identity-conflict',
  text: 'One local record was sent with different NHS numbers, and no merge says that they are one person. Is it the record of this person? What was told under an NHS number stays with that number: withdraw what was told of the wrong person.',
  options: [THEIRS, ANOTHERS],
  about: [local, ...said.keys()],
  facts: [...said.values()].map(({ factId }) => factId),
});
