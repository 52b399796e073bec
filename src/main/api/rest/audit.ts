import * as z from 'zod';
import { auditActions, auditEntrySchema, auditVerdictSchema, pageSchema } from '../../../shared/model/index.js';
import type { Services } from '../services.js';
import { pageQuery, type RestApp } from './rest-app.js';

const action = z.enum(auditActions);
const query = pageQuery.extend({
  action: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(action).max(auditActions.length))
    .optional()
    .describe('Only these; may be repeated'),
});

/** The audit log: read, never written, from outside. */
export function auditRoutes(app: RestApp, { audit }: Services): void {
  app.get(
    '/audit-log',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Entries of the audit log, newest first',
        tags: ['audit'],
        querystring: query,
        response: { 200: pageSchema(auditEntrySchema) },
      },
    },
    (request) => audit.list(request.query.cursor ?? null, request.query.limit, request.query.action),
  );
  app.get(
    '/audit-log/verify',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Whether the audit log is whole',
        description: 'Goes through all of it. The first thing that is wrong is in `problem`.',
        tags: ['audit'],
        response: { 200: auditVerdictSchema },
      },
    },
    () => audit.verify(),
  );
}
