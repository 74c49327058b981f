import { Router } from 'express';
import { sealStore } from '../store/seals.js';
import type { AppDeps } from './deps.js';
import { olderLink } from './links.js';
import { keyOfNumber, listLooks } from './looks.js';
import { AuditQuery, NhsNumberSearch } from './queries.js';
import type { Render } from './render.js';

/** Who looked at whom, and who changed what: for auditors, and for anybody who asks who has seen their record. */
export const auditPages = (deps: AppDeps, render: Render): Router => {
  const show = async (query: AuditQuery) => {
    const list = await listLooks(deps, query);
    const sealed = await sealStore(deps.pool).head();
    return { title: 'Audit', list, query, sealed, older: olderLink(query, list.nextBefore) };
  };
  return Router()
    .get('/', async (req, res) => render(res, 'audit', await show(AuditQuery.parse(req.query))))
    .post('/search', async (req, res) => {
      const searched = NhsNumberSearch.safeParse(req.body);
      const all = AuditQuery.parse({});
      if (!searched.success) return render(res.status(400), 'audit', { ...(await show(all)), notANumber: true });
      const person = await keyOfNumber(deps, searched.data.nhsNumber);
      if (person === null) return render(res, 'audit', { ...(await show(all)), nobody: true });
      res.redirect(303, `/console/audit?person=${person}`);
    });
};
