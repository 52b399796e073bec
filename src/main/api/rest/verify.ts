import type { Operations } from '../operations.js';
import { expose } from './expose.js';
import { namedTrace, type RestApp } from './rest-app.js';
import type { Intake } from './sent.js';

const tests = { tag: 'tests' };

/** Tests of the repositories that traces worked on. */
export function verifyRoutes(rest: { app: RestApp; operations: Operations; services: { intake: Intake } }): void {
  const { app, operations, services } = rest;
  const { qa } = operations;
  const ofTrace = { ...tests, ...namedTrace(services.intake) };

  expose(app, 'POST /qa', qa.start, tests);
  expose(app, 'GET /qa/runs', qa.runs, tests);
  expose(app, 'GET /qa/runs/:id', qa.run, { ...tests, params: { id: { field: 'run_id', id: 'run' } } });
  expose(app, 'GET /qa/doctor', qa.doctor, tests);
  expose(app, 'POST /qa/reap', qa.reap, tests);
  expose(app, 'GET /traces/:id/qa-runs', qa.ofTrace, ofTrace);
  expose(app, 'PUT /traces/:id/repository', qa.setRepository, { ...ofTrace, body: 'repo' });
}
