import type { Operations } from '../operations.js';
import { expose } from './expose.js';
import type { RestApp } from './rest-app.js';

const job = { id: { field: 'job_id', id: 'job' } };
const oracleRun = { id: { field: 'run_id', id: 'run' } };
const watch = { id: { field: 'watch_id', id: 'watch' } };

/** What takes its time, and what starts it. */
export function workRoutes({ app, operations }: { app: RestApp; operations: Operations }): void {
  const { datasets, exports, leaks, render, imports, watches, jobs, oracle, runs, validation, schemas, webhooks } =
    operations;
  expose(app, 'GET /jobs', jobs.list, { tag: 'jobs' });
  expose(app, 'GET /jobs/:id', jobs.get, { tag: 'jobs', params: job });
  expose(app, 'DELETE /jobs/:id', jobs.cancel, { tag: 'jobs', params: job });
  expose(app, 'GET /webhooks/secret', webhooks.secret, { tag: 'jobs' });
  expose(app, 'POST /webhooks/test', webhooks.test, { tag: 'jobs' });
  expose(app, 'POST /exports', exports.start, { tag: 'exports' });
  expose(app, 'POST /exports/preview', exports.preview, { tag: 'exports' });
  expose(app, 'GET /dataset-choices', datasets.choices, { tag: 'datasets' });
  expose(app, 'GET /datasets', datasets.list, { tag: 'datasets' });
  expose(app, 'POST /datasets', datasets.create, { tag: 'datasets', status: 201 });
  expose(app, 'POST /datasets/preview', datasets.preview, { tag: 'datasets' });
  expose(app, 'GET /datasets/:name', datasets.get, { tag: 'datasets' });
  expose(app, 'GET /datasets/:name/versions', datasets.versions, { tag: 'datasets', items: true });
  expose(app, 'POST /datasets/:name/versions', datasets.build, { tag: 'datasets' });
  expose(app, 'GET /datasets/:name/versions/:version', datasets.version, { tag: 'datasets' });
  expose(app, 'GET /datasets/:name/versions/:version/check', datasets.check, { tag: 'datasets' });
  expose(app, 'GET /datasets/:name/versions/:version/findings', datasets.findings, { tag: 'datasets' });
  expose(app, 'GET /datasets/:name/versions/:version/files', datasets.files, { tag: 'datasets', items: true });
  expose(app, 'GET /datasets/:name/versions/:version/figures', datasets.figures, { tag: 'datasets', items: true });
  expose(app, 'GET /datasets/:name/versions/:version/rows', datasets.rows, { tag: 'datasets' });
  expose(app, 'GET /datasets/:name/versions/:version/diff', datasets.diff, { tag: 'datasets' });
  expose(app, 'GET /datasets/:name/versions/:version/diff/rows', datasets.diffRows, { tag: 'datasets' });
  expose(app, 'POST /datasets/:name/versions/:version/push', datasets.push, { tag: 'datasets' });
  expose(app, 'POST /datasets/:name/versions/:version/training-runs', datasets.addRun, {
    tag: 'datasets',
    status: 201,
  });
  expose(app, 'POST /leaks', leaks.start, { tag: 'exports' });
  expose(app, 'GET /jobs/:id/leaks', leaks.report, { tag: 'exports', params: job });
  expose(app, 'GET /jobs/:id/leaks/sample/:index', leaks.sampleRow, { tag: 'exports', params: job });
  expose(app, 'GET /chat-templates', render.templates, { tag: 'datasets', items: true });
  expose(app, 'POST /render', render.row, { tag: 'datasets' });
  expose(app, 'POST /validate', validation.start, { tag: 'validation' });
  expose(app, 'GET /schemas', schemas.list, { tag: 'validation', items: true });
  expose(app, 'GET /schemas/:name', schemas.get, { tag: 'validation' });
  expose(app, 'GET /importers', imports.list, { tag: 'intake' });
  expose(app, 'POST /watches', watches.start, { tag: 'intake', status: 201 });
  expose(app, 'GET /watches', watches.list, { tag: 'intake' });
  expose(app, 'GET /watches/:id', watches.get, { tag: 'intake', params: watch });
  expose(app, 'DELETE /watches/:id', watches.end, { tag: 'intake', params: watch });
  expose(app, 'GET /oracle/domains', oracle.domains, { tag: 'oracle', items: true });
  expose(app, 'GET /oracle/domains/:domain', oracle.domain, { tag: 'oracle' });
  expose(app, 'GET /oracle/runs', oracle.runs, { tag: 'oracle' });
  expose(app, 'POST /oracle/runs', oracle.start, { tag: 'oracle' });
  expose(app, 'POST /oracle/forecast', oracle.forecast, { tag: 'oracle' });
  expose(app, 'GET /oracle/runs/:id', oracle.run, { tag: 'oracle', params: oracleRun });
  expose(app, 'POST /oracle/runs/:id/pause', oracle.pause, { tag: 'oracle', params: oracleRun });
  expose(app, 'POST /oracle/runs/:id/resume', oracle.resume, { tag: 'oracle', params: oracleRun });
  expose(app, 'POST /oracle/runs/:id/bring', oracle.bring, { tag: 'oracle', params: oracleRun });
  expose(app, 'POST /oracle/runs/:id/sample', oracle.sample, { tag: 'oracle', params: oracleRun });
  expose(app, 'POST /oracle/bring', oracle.bringFolder, { tag: 'oracle' });
  expose(app, 'POST /runs', runs.start, { tag: 'engine', status: 201 });
  expose(app, 'POST /runs/:id/ask', runs.ask, { tag: 'engine', params: { id: { field: 'run_id', id: 'run' } } });
  expose(app, 'POST /runs/:id/end', runs.end, {
    tag: 'engine',
    params: { id: { field: 'run_id', id: 'run' } },
  });
}
