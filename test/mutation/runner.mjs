import { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';

register('./loader.mjs', import.meta.url);

/** What the changed code and Stryker tell each other: the change that is tried, and the changes that a test touches. */
const instrumented = () => (globalThis.__stryker__ ??= {});

/** Every test of `stories.ts` in the sandbox that Stryker has made the working folder, in the order of the file. */
async function loadTests() {
  await import(pathToFileURL(join(process.cwd(), 'test/mutation/stories.ts')).href);
  const { collected } = await import('./globals.mjs');
  const seen = new Map();
  return collected().map((test) => {
    const times = 1 + (seen.get(test.name) ?? 0);
    seen.set(test.name, times);
    return { ...test, id: times === 1 ? test.name : `${test.name} (${times})` };
  });
}

/** Without what is touched while the tests are declared and by a test as well: Stryker would load everything anew for each. */
function touched({ static: loaded, perTest }) {
  const byTests = new Set(Object.values(perTest).flatMap((ofTest) => Object.keys(ofTest)));
  return { perTest, static: Object.fromEntries(Object.entries(loaded).filter(([id]) => !byTests.has(id))) };
}

/**
 * Runs the tests of the register in one process that is loaded once, so that a change costs the tests which touch it and
 * nothing else: jest would load everything anew for each, which takes some twenty times as long.
 */
class StoriesRunner {
  #tests = null;

  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun() {
    const tests = [];
    for (const test of await this.#loaded()) {
      instrumented().currentTestId = test.id;
      const began = performance.now();
      const failure = await failureOf(test);
      const result = { id: test.id, name: test.id, timeSpentMs: performance.now() - began };
      tests.push(
        failure === null
          ? { ...result, status: TestStatus.Success }
          : { ...result, status: TestStatus.Failed, failureMessage: failure },
      );
    }
    instrumented().currentTestId = undefined;
    return { status: DryRunStatus.Complete, tests, mutantCoverage: touched(instrumented().mutantCoverage) };
  }

  /** A change of what is worked out once, when the code is loaded, must be there before it is. */
  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit }) {
    const active = instrumented();
    if (mutantActivation === 'static') active.activeMutant = activeMutant.id;
    const tests = await this.#loaded();
    Object.assign(active, {
      activeMutant: activeMutant.id,
      hitLimit,
      hitCount: hitLimit === undefined ? undefined : 0,
    });
    const asked = testFilter && new Set(testFilter);
    const chosen = asked ? tests.filter(({ id }) => asked.has(id)) : tests;
    for (const [index, test] of chosen.entries()) {
      const failureMessage = await failureOf(test);
      if (active.hitCount > hitLimit) return { status: MutantRunStatus.Timeout, reason: 'runs round for ever' };
      if (failureMessage === null) continue;
      return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage, nrOfTests: index + 1 };
    }
    return { status: MutantRunStatus.Survived, nrOfTests: chosen.length };
  }

  async #loaded() {
    this.#tests ??= await loadTests();
    return this.#tests;
  }
}

/** Null when the test holds. */
async function failureOf({ run, isToFail }) {
  try {
    await run();
  } catch (error) {
    return isToFail ? null : String(error?.message ?? error);
  }
  return isToFail ? 'it was expected to fail' : null;
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'stories', StoriesRunner)];
