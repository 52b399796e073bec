import type { Operations } from '../operations.js';
import { expose } from './expose.js';
import type { RestApp } from './rest-app.js';

/** Policy, consent, erasure: what holds for everything that is stored. */
export function privacyRoutes({ app, operations }: { app: RestApp; operations: Operations }): void {
  const { consent, retention, policy, knownValues, privacy } = operations;
  expose(app, 'GET /consents', consent.overview, { tag: 'consent' });
  expose(app, 'POST /consents', consent.setAll, { tag: 'consent' });
  expose(app, 'POST /retention', retention.start, { tag: 'consent' });
  expose(app, 'GET /policy', policy.get, { tag: 'policy' });
  expose(app, 'PUT /policy', policy.set, { tag: 'policy', body: 'file' });
  expose(app, 'GET /policy/presets', policy.presets, { tag: 'policy' });
  expose(app, 'GET /known-values', knownValues.list, { tag: 'policy' });
  expose(app, 'POST /known-values', knownValues.add, { tag: 'policy', status: 201 });
  expose(app, 'DELETE /known-values/:id', knownValues.remove, {
    tag: 'policy',
    params: { id: { field: 'value_id', id: 'known value' } },
    gone: 'removed',
  });
  expose(app, 'POST /rescan', privacy.rescan, { tag: 'privacy' });
  expose(app, 'POST /erasures', privacy.erase, { tag: 'privacy', status: 202 });
  expose(app, 'GET /erasures', privacy.receipts, { tag: 'privacy' });
  expose(app, 'GET /erasures/:id', privacy.receipt, {
    tag: 'privacy',
    params: { id: { field: 'erasure_id', id: 'receipt' } },
  });
  expose(app, 'POST /subjects/search', privacy.search, { tag: 'privacy' });
  expose(app, 'POST /subjects/export', privacy.exportSubject, { tag: 'privacy' });
  expose(app, 'GET /data-places', privacy.places, { tag: 'privacy', items: true });
}

/** Who may do what, and who did. */
export function accessRoutes({ app, operations }: { app: RestApp; operations: Operations }): void {
  const { tokens, auditLog } = operations;
  expose(app, 'GET /tokens', tokens.list, { tag: 'tokens', items: true });
  expose(app, 'POST /tokens', tokens.create, { tag: 'tokens', status: 201 });
  expose(app, 'DELETE /tokens/:id', tokens.revoke, {
    tag: 'tokens',
    params: { id: { field: 'token_id', id: 'token' } },
    gone: 'revoked',
  });
  expose(app, 'GET /audit-log', auditLog.list, { tag: 'audit', query: { action: 'actions' } });
  expose(app, 'GET /audit-log/verify', auditLog.verify, { tag: 'audit' });
}
