import type { Pool } from 'pg';
import type { Directory } from '../organisations/directory.js';
import { type Finding, findingsOf } from './finding.js';
import { listChanges, outdatedChanges, planned } from './organisation-changes.js';

const { ok, wrong, forAPerson } = findingsOf('organisations');

/** What was found in national files and waits for somebody, and what was applied and counts no more. */
export async function organisationFindings(pool: Pool, shipped: Directory): Promise<Finding[]> {
  const outdated = await outdatedChanges(shipped, pool);
  const open = await listChanges(['staged'], pool);
  const toConfirm = open.filter(({ needsConfirming }) => needsConfirming).length;
  const { ready } = await planned(shipped, pool);
  const findings = [
    ...(outdated.length === 0 ? [] : [outdatedFinding(outdated.map(({ id }) => id))]),
    ...(toConfirm === 0
      ? []
      : [
          forAPerson(
            `${toConfirm} of the changes that national files tell of ${toConfirm === 1 ? 'is' : 'are'} to be confirmed`,
            '"aftercare organisations changes" lists them',
          ),
        ]),
    ...(ready.length === 0
      ? []
      : [
          forAPerson(
            `${ready.length} ${ready.length === 1 ? 'change' : 'changes'} of bodies can be applied`,
            '"aftercare organisations plan" shows whom they concern; "apply" makes them count',
          ),
        ]),
  ];
  return findings.length > 0 ? findings : [ok('no change of a body waits for anybody')];
}

const outdatedFinding = (ids: readonly string[]): Finding =>
  wrong(
    `of what was applied, ${ids.join(', ')} count no more: the tables of this version have another row there`,
    '"aftercare organisations changes --state applied" shows them; import the national files again: what still differs is found anew',
  );
