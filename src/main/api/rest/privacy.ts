import * as z from 'zod';
import { dataPlaceSchema, tokenSchema } from '../../../shared/model/index.js';
import { operations } from '../operations/index.js';
import type { Services } from '../services.js';
import { expose } from './expose.js';
import type { RestApp } from './rest-app.js';

const { consent, retention, policy, knownValues, privacy, tokens, auditLog } = operations;

/** Policy, consent, erasure: what holds for everything that is stored. */
export function privacyRoutes(app: RestApp, services: Services): void {
  expose(app, services, 'GET /consents', consent.overview, { tag: 'consent' });
  expose(app, services, 'POST /consents', consent.setAll, { tag: 'consent' });
  expose(app, services, 'POST /retention', retention.start, { tag: 'consent' });
  expose(app, services, 'GET /policy', policy.get, { tag: 'policy' });
  expose(app, services, 'PUT /policy', policy.set, { tag: 'policy', body: 'file' });
  expose(app, services, 'GET /policy/presets', policy.presets, { tag: 'policy' });
  expose(app, services, 'GET /known-values', knownValues.list, { tag: 'policy' });
  expose(app, services, 'POST /known-values', knownValues.add, { tag: 'policy', status: 201 });
  expose(app, services, 'DELETE /known-values/:id', knownValues.remove, {
    tag: 'policy',
    params: { id: { field: 'value_id', id: 'known value' } },
    gone: 'removed',
  });
  expose(app, services, 'POST /rescan', privacy.rescan, { tag: 'privacy' });
  expose(app, services, 'POST /erasures', privacy.erase, { tag: 'privacy', status: 202 });
  expose(app, services, 'GET /erasures', privacy.receipts, { tag: 'privacy' });
  expose(app, services, 'GET /erasures/:id', privacy.receipt, {
    tag: 'privacy',
    params: { id: { field: 'erasure_id', id: 'receipt' } },
  });
  expose(app, services, 'POST /subjects/search', privacy.search, { tag: 'privacy' });
  expose(app, services, 'POST /subjects/export', privacy.exportSubject, { tag: 'privacy' });
  expose(app, services, 'GET /data-places', privacy.places, { tag: 'privacy', answer: itemsOf(dataPlaceSchema) });
}

/** Who may do what, and who did. */
export function accessRoutes(app: RestApp, services: Services): void {
  expose(app, services, 'GET /tokens', tokens.list, { tag: 'tokens', answer: itemsOf(tokenSchema) });
  expose(app, services, 'POST /tokens', tokens.create, { tag: 'tokens', status: 201 });
  expose(app, services, 'DELETE /tokens/:id', tokens.revoke, {
    tag: 'tokens',
    params: { id: { field: 'token_id', id: 'token' } },
    gone: 'revoked',
  });
  expose(app, services, 'GET /audit-log', auditLog.list, { tag: 'audit', query: { action: 'actions' } });
  expose(app, services, 'GET /audit-log/verify', auditLog.verify, { tag: 'audit' });
}

export function itemsOf<T extends z.ZodType>(item: T) {
  return { schema: z.object({ items: z.array(item) }), of: (items: z.output<T>[]) => ({ items }) };
}
