import type { Operations } from '../operations.js';
import { expose } from './expose.js';
import { namedTrace, type RestApp } from './rest-app.js';
import type { Intake } from './sent.js';

/** What traces ask for, and how they lie beside gold ones. */
export function oracleMeasureRoutes(rest: {
  app: RestApp;
  operations: Operations;
  services: { intake: Intake };
}): void {
  const { app, operations, services } = rest;
  const { oracleMeasures } = operations;
  const tag = 'oracle';
  expose(app, 'GET /oracle/intents', oracleMeasures.intents, { tag });
  expose(app, 'GET /oracle/features', oracleMeasures.features, { tag });
  expose(app, 'GET /oracle/runs/:id/baseline', oracleMeasures.baseline, {
    tag,
    params: { id: { field: 'run_id', id: 'run' } },
  });
  expose(app, 'GET /traces/:id/features', oracleMeasures.ofTrace, { tag, ...namedTrace(services.intake) });
}
