import { reviewSchema } from '../../../shared/model/index.js';
import { operations } from '../operations/index.js';
import type { Services } from '../services.js';
import { expose } from './expose.js';
import { idOf, type RestApp } from './rest-app.js';

const { traces, reviews, consent, exchanges, toolCalls, captureHealth, findings } = operations;
const trace = { id: { field: 'trace_id', id: 'trace' } };
const exchange = { id: { field: 'exchange_id', id: 'exchange' } };

/** Traces and what belongs to them. */
export function traceRoutes(app: RestApp, services: Services): void {
  const named = { tag: 'traces', params: trace, resolve: traceId };
  expose(app, services, 'GET /traces', traces.list, { tag: 'traces' });
  expose(app, services, 'GET /traces/:id', traces.whole, named);
  expose(app, services, 'GET /traces/:id/tree', traces.tree, named);
  expose(app, services, 'GET /traces/:id/effects', traces.effects, named);
  expose(app, services, 'GET /traces/:id/witnesses', traces.witnesses, named);
  expose(app, services, 'GET /traces/:id/validation', traces.validation, { ...named, tag: 'validation' });
  expose(app, services, 'DELETE /traces/:id', traces.delete, { tag: 'traces', params: trace, gone: 'deleted' });
  expose(app, services, 'GET /traces/:id/review', reviews.get, { tag: 'reviews', params: trace });
  expose(app, services, 'PUT /traces/:id/review', reviews.set, {
    tag: 'reviews',
    params: trace,
    body: 'patch',
    answer: { schema: reviewSchema, of: ({ current }) => current },
  });
  expose(app, services, 'GET /traces/:id/consent', consent.get, { tag: 'consent', params: trace });
  expose(app, services, 'PUT /traces/:id/consent', consent.set, { tag: 'consent', params: trace, body: 'consent' });
  expose(app, services, 'GET /traces/:id/consent/history', consent.history, { tag: 'consent', params: trace });
}

/** What went over the wire. */
export function exchangeRoutes(app: RestApp, services: Services): void {
  expose(app, services, 'GET /exchanges', exchanges.list, { tag: 'exchanges' });
  expose(app, services, 'GET /exchanges/:id', exchanges.whole, { tag: 'exchanges', params: exchange });
  expose(app, services, 'GET /exchanges/:id/body/:side', exchanges.part, { tag: 'exchanges', params: exchange });
  expose(app, services, 'GET /exchanges/:id/findings/:finding/places', findings.places, {
    tag: 'findings',
    params: { ...exchange, finding: { field: 'finding_id', id: 'finding' } },
  });
  expose(app, services, 'GET /tool-calls', toolCalls.list, { tag: 'tool calls' });
  expose(app, services, 'GET /effects/unclaimed', captureHealth.unclaimedEffects, { tag: 'tool calls' });
  expose(app, services, 'GET /findings', findings.list, { tag: 'findings' });
  expose(app, services, 'GET /findings/summary', findings.summary, { tag: 'findings' });
}

/** The id of a trace that is given by its id or by the name that its program has for it. */
export async function traceId({ reads }: Services, given: string): Promise<string> {
  return (await reads.traceIdByKey(`ingest:${given}`)) ?? idOf(given, 'trace');
}
