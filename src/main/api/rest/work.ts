import * as z from 'zod';
import { operations } from '../operations/index.js';
import type { Services } from '../services.js';
import { expose } from './expose.js';
import type { RestApp } from './rest-app.js';

const { exports, leaks, imports, watches, jobs, runs, validation, schemas } = operations;
const job = { id: { field: 'job_id', id: 'job' } };
const watch = { id: { field: 'watch_id', id: 'watch' } };

/** What takes its time, and what starts it. */
export function workRoutes(app: RestApp, services: Services): void {
  expose(app, services, 'GET /jobs', jobs.list, { tag: 'jobs' });
  expose(app, services, 'GET /jobs/:id', jobs.get, { tag: 'jobs', params: job });
  expose(app, services, 'DELETE /jobs/:id', jobs.cancel, { tag: 'jobs', params: job });
  expose(app, services, 'POST /exports', exports.start, { tag: 'exports' });
  expose(app, services, 'POST /exports/preview', exports.preview, { tag: 'exports' });
  expose(app, services, 'POST /leaks', leaks.start, { tag: 'exports' });
  expose(app, services, 'GET /jobs/:id/leaks', leaks.report, { tag: 'exports', params: job });
  expose(app, services, 'GET /jobs/:id/leaks/sample/:index', leaks.sampleRow, { tag: 'exports', params: job });
  expose(app, services, 'POST /validate', validation.start, { tag: 'validation' });
  expose(app, services, 'GET /schemas', schemas.list, {
    tag: 'validation',
    answer: { schema: z.object({ items: schemas.list.output }), of: (items) => ({ items }) },
  });
  expose(app, services, 'GET /schemas/:name', schemas.get, { tag: 'validation' });
  expose(app, services, 'GET /importers', imports.list, { tag: 'intake' });
  expose(app, services, 'POST /watches', watches.start, { tag: 'intake', status: 201 });
  expose(app, services, 'GET /watches', watches.list, { tag: 'intake' });
  expose(app, services, 'GET /watches/:id', watches.get, { tag: 'intake', params: watch });
  expose(app, services, 'DELETE /watches/:id', watches.end, { tag: 'intake', params: watch });
  expose(app, services, 'POST /runs', runs.start, { tag: 'engine', status: 201 });
  expose(app, services, 'POST /runs/:id/end', runs.end, {
    tag: 'engine',
    params: { id: { field: 'run_id', id: 'run' } },
  });
}
