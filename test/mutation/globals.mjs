import { expect } from 'expect';
import { describe, getState, test } from 'jest-circus';

export { describe, expect, test };

/** The tests that were declared, each with its full name. Throws where one needs what only jest does. */
export const collected = () => testsIn(getState().rootDescribeBlock, []);

function testsIn({ children, hooks }, names) {
  if (hooks.length > 0) throw new Error(`${names.join(' ')}: a hook, which the mutation runner does not run`);
  return children.flatMap((child) => {
    const full = [...names, child.name];
    if (child.type === 'describeBlock') return testsIn(child, full);
    if (child.mode === 'todo' || child.mode === 'skip') return [];
    return [{ name: full.join(' '), run: child.fn, isToFail: child.failing }];
  });
}
