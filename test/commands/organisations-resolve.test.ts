import { describe, expect, test } from '@jest/globals';
import { organisationsCommand } from '../../src/commands/organisations.js';
import { contextOf, run } from './terminal.js';

const TODAY = ['--as-of', '2026-11-21'];
const resolve = async (...args: string[]) => {
  const { code, out } = await run(organisationsCommand, ['resolve', ...args, '--json'], contextOf(null));
  return { exit: code, ...JSON.parse(out) };
};
const text = (...args: string[]) => run(organisationsCommand, ['resolve', ...args], contextOf(null));

describe('who a code meant, and who answers for it', () => {
  test('a CCG that is a place since leads to the ICB of its place, step by step, each with its source', async () => {
    const { exit, meanings, sources } = await resolve('06T', '--on', '2021-05-01', ...TODAY);
    expect(exit).toBe(0);
    expect(meanings).toMatchObject([
      {
        meant: { code: '06T', kind: 'ccg', name: 'NHS North East Essex CCG', from: '2013-04-01', to: '2022-06-30' },
        isOutsideItsLife: false,
        outcome: 'found',
        body: { code: 'D7T5G', kind: 'icb' },
        steps: [
          { on: '2022-07-01', from: '06T', to: 'QJG', kind: 'merge', source: 'ons-2022' },
          { on: '2026-04-01', from: 'QJG', to: 'D7T5G', kind: 'split', place: '06T' },
        ],
      },
    ]);
    expect(sources.map(({ key }: { key: string }) => key)).toContain('ons-2022');
  });

  test('the same code of the year after is the place, in its ICB', async () => {
    const { meanings } = await resolve('06T', '--on', '2022-07-01', '--as-of', '2022-07-01');
    expect(meanings).toMatchObject([
      { meant: { kind: 'sub-icb', answersTo: 'QJG' }, body: { code: 'QJG' }, steps: [] },
    ]);
  });

  test('a body that was divided is not guessed: its parts are named, and what decides between them', async () => {
    const { exit, meanings } = await resolve('QNQ', '--on', '2025-01-01', ...TODAY);
    expect(exit).toBe(0);
    expect(meanings).toMatchObject([
      {
        outcome: 'split',
        resolveBy: 'address or GP practice',
        candidates: [{ code: 'QRL' }, { code: 'S0E4D' }, { code: 'S9B9J' }],
      },
    ]);
    const { out } = await text('QNQ', '--on', '2025-01-01', ...TODAY);
    expect(out).toContain('it is one of these; the address or GP practice decides, and the code does not say which');
  });

  test('a council by either of its codes, and a chain of several changes', async () => {
    const [gss, ods] = await Promise.all([
      resolve('E10000027', '--on', '2020-01-01', ...TODAY),
      resolve('905', '--on', '2020-01-01', ...TODAY),
    ]);
    expect(gss.meanings).toEqual(ods.meanings);
    const { meanings } = await resolve('00F', '--on', '2014-01-01', ...TODAY);
    expect(meanings[0].steps.map(({ from, to }: { from: string; to: string }) => `${from}>${to}`)).toEqual([
      '00F>13T',
      '13T>QHM',
    ]);
  });

  test('a trust, through two mergers', async () => {
    const { meanings } = await resolve('RER', '--on', '2001-01-01', ...TODAY);
    expect(meanings).toMatchObject([{ meant: { kind: 'trust' }, body: { code: 'RW4', kind: 'trust' } }]);
    expect(meanings[0].steps).toHaveLength(2);
  });

  test('a code that had nobody any more still means who had it, and that is said', async () => {
    const { meanings } = await resolve('RTV', '--on', '2025-01-01', ...TODAY);
    expect(meanings).toMatchObject([{ isOutsideItsLife: true, body: { code: 'RW4' } }]);
    expect((await text('RTV', '--on', '2025-01-01', ...TODAY)).out).toMatch(
      /^RTV means, though it had nobody on 2025-01-01, North West/,
    );
  });

  test('small letters and spaces are no other code; a code in no table is a no, and says where to add it', async () => {
    expect((await resolve(' rxt ', ...TODAY)).meanings).toHaveLength(1);
    expect(await resolve('XXX')).toMatchObject({ exit: 1, meanings: [] });
    expect((await text('XXX')).err).toContain('mappings/organisations');
  });

  test('without a code, or for a day that cannot be, it is told how', async () => {
    for (const args of [
      ['resolve'],
      ['resolve', '06T', '07H'],
      ['dissolve', '06T'],
      ['resolve', '06T', '--on', '2021-02-30'],
    ])
      await expect(run(organisationsCommand, args, contextOf(null))).rejects.toMatchObject({ code: 'usage' });
  });
});
