import { describe, expect, test } from '@jest/globals';
import { kindsOf, onlyRow, sent } from '../tell.js';
import { example, outcomes, told } from './told.js';

const stay = ['itk-hl7uk/a01-admission', 'itk-hl7uk/a03-home'].map(example);
const papers = ['mha-office/a08-section-3', 'mha-office/a08-section-ended'].map(example);

describe('a record system that tells stays, and a Mental Health Act office that tells sections', () => {
  test('the stays alone: not known, and nobody is told anything', () => {
    const alone = told(stay);
    expect(onlyRow(alone)).toMatchObject({ status: 'not-known', episodes: [] });
    expect(alone.publications).toEqual([]);
  });

  test('the papers alone: detained under a qualifying section, still in hospital as far as is known', () => {
    expect(onlyRow(told(papers))).toMatchObject({ status: 'prospective', episodes: [{ from: null }] });
  });

  test('together they make the register: active from leaving, with reasons from both, and the council told', () => {
    const both = told([...stay, ...papers]);
    const row = onlyRow(both);
    expect(row).toMatchObject({
      nhsNumber: '9990003009',
      status: 'active',
      episodes: [{ from: '2026-03-01', qualifying: [{ basis: 's3', from: '2026-01-05', to: '2026-02-20' }] }],
      council: { code: 'E08000025', standing: 'provisional' },
      icb: { code: 'QHL' },
      questions: [],
    });
    expect(row.because.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['qualifying-detention', 'leaving-hospital']),
    );
    expect(sent(both)).toEqual(['E08000025: Flag active, CarePlan draft']);
  });

  test('in whichever order the two feeds arrive', () => {
    const expected = told([...stay, ...papers]);
    for (const order of [
      [...papers, ...stay],
      [stay[1], papers[1], papers[0], stay[0]],
      [papers[1], stay[1], stay[0], papers[0], papers[1]],
    ]) {
      const { register, publications } = told(order.flatMap((message) => message ?? []));
      expect({ register, publications }).toEqual({
        register: expected.register,
        publications: expected.publications,
      });
    }
  });

  test('the papers come ten days after the discharge: the duty is dated from leaving all the same', () => {
    const late = example('mha-office/a08-section-ended').toString().replaceAll('20260221090000', '20260311090000');
    expect(onlyRow(told([...stay, late]))).toMatchObject({ status: 'active', episodes: [{ from: '2026-03-01' }] });
  });

  test('a hospital number without an NHS number is one person in both feeds, whatever each calls the authority', () => {
    const admitted = stay[0]
      ?.toString()
      .replace('9990003009^^^NHS~L200001^^^RXT', 'L200003^^^RXT')
      .replace('NSTS01', '');
    const row = onlyRow(told([admitted ?? '', example('mha-office/a08-no-nhs-number')]));
    expect(row).toMatchObject({ nhsNumber: null, status: 'prospective' });
    expect(row.localIds).toEqual([{ sender: 'RXT', authority: 'RXT', value: 'L200003' }]);
  });
});

describe('what one feed of a trust says never undoes what only the other knows', () => {
  test('papers and visits that carry the same number are different things', () => {
    const visit = (of: Buffer) => of.toString().replaceAll('V20001', '2026/0031');
    expect(onlyRow(told([...stay.map(visit), ...papers])).status).toBe('active');
  });

  test('the office numbers its papers as a feed with ZMH segments does: each keeps its own', () => {
    const zmh = example('zmh/a03-prison-older-destination')
      .toString()
      .replaceAll('MHA-4701', '2026/0031')
      .replaceAll('9990000026', '9990003009');
    const row = onlyRow(told([zmh, ...papers]));
    expect(row.episodes.flatMap(({ qualifying }) => qualifying.map(({ basis }) => basis)).sort()).toEqual([
      's3',
      's47-49',
    ]);
  });

  test("the office's record says nothing of death, so a death that the record system told stands", () => {
    const row = onlyRow(told([...stay, ...papers, example('itk-hl7uk/a31-death'), example('mha-office/a31-details')]));
    expect(kindsOf(row)).toEqual(['death-unverified']);
  });

  test('papers found invalid are asked about; the stay and the duty stand until somebody answers', () => {
    const row = onlyRow(told([...stay, ...papers.slice(0, 1), example('mha-office/a08-papers-invalid')]));
    expect(row.status).toBe('active');
    expect(kindsOf(row)).toContain('detention-withdrawn');
  });

  test('a discharge told by the office is ignored: it is not its to tell', () => {
    const both = told([...papers, example('mha-office/ignored-discharge')]);
    expect(outcomes(both)).toEqual(['interpreted', 'interpreted', 'ignored']);
    expect(onlyRow(both).status).toBe('prospective');
  });

  test('a merge in either feed joins the person of both', () => {
    const wrongRecord = papers.map((of) => of.toString().replace('9990003009^^^NHS^NH~L200001', 'L900200'));
    const apart = told([...stay, ...wrongRecord]);
    expect(apart.register).toHaveLength(2);
    expect(onlyRow(told([...stay, ...wrongRecord, example('itk-hl7uk/a34-merge-older-form')])).status).toBe('active');
  });

  test('the same control ID from both is two messages', () => {
    const both = [stay[0], papers[0]].map((of) =>
      of
        ?.toString()
        .replace(/(ITK|MHA-)\d{5}\|/, 'SAME0001|')
        .replace(/\|QHL\|\d{14}/, '|QHL|20260106090000'),
    );
    expect(outcomes(told(both.map((of) => of ?? '')))).toEqual(['interpreted', 'interpreted']);
  });
});

describe('orders in the community, from the office', () => {
  test('a community treatment order: active from the day it begins, without any discharge message', () => {
    const row = onlyRow(
      told([
        stay[0] ?? '',
        ...['a08-section-3', 'a08-community-treatment-order'].map((name) => example(`mha-office/${name}`)),
      ]),
    );
    expect(row).toMatchObject({ status: 'active', episodes: [{ from: '2026-03-01' }] });
    expect(row.concurrent).toContain('cto');
  });

  test('a conditional discharge from restrictions', () => {
    const row = onlyRow(
      told(['a08-restricted', 'a08-conditional-discharge'].map((name) => example(`mha-office/${name}`))),
    );
    expect(row).toMatchObject({ status: 'active', concurrent: ['conditional-discharge'] });
  });

  test('"Section 37" is what this office says it is; guardianship in full is not a detention', () => {
    expect(onlyRow(told([example('mha-office/a08-hospital-order')])).status).toBe('prospective');
    expect(onlyRow(told([example('mha-office/a08-guardianship')]))).toMatchObject({
      status: 'not-known',
      concurrent: ['guardianship'],
    });
  });
});
