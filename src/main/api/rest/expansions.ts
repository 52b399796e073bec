import type { Operations } from '../operations.js';
import { expose } from './expose.js';
import { namedTrace, type RestApp } from './rest-app.js';
import type { Intake } from './sent.js';

const expansions = { tag: 'expansions' };

/** Reasoning that models write of calls. */
export function expansionRoutes(rest: { app: RestApp; operations: Operations; services: { intake: Intake } }): void {
  const { app, operations, services } = rest;
  const ofTrace = namedTrace(services.intake);
  expose(app, 'POST /expansions', operations.expansions.start, expansions);
  expose(app, 'POST /expansions/forecast', operations.expansions.forecast, expansions);
  expose(app, 'GET /traces/:id/expansions', operations.expansions.ofTrace, { ...expansions, ...ofTrace });
}
