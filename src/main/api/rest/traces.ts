import { reviewSchema } from '../../../shared/model/index.js';
import type { Operations } from '../operations.js';
import { expose } from './expose.js';
import { namedTrace, type RestApp } from './rest-app.js';
import type { Intake } from './sent.js';

const exchange = { id: { field: 'exchange_id', id: 'exchange' } };

/** Traces and what belongs to them. */
export function traceRoutes(rest: { app: RestApp; operations: Operations; services: { intake: Intake } }): void {
  const { app, operations, services } = rest;
  const { traces, reviews, consent, quality, duplicates } = operations;
  const named = { tag: 'traces', ...namedTrace(services.intake) };
  expose(app, 'GET /traces', traces.list, { tag: 'traces' });
  expose(app, 'GET /traces/:id', traces.whole, named);
  expose(app, 'GET /traces/:id/tree', traces.tree, named);
  expose(app, 'GET /traces/:id/effects', traces.effects, named);
  expose(app, 'GET /traces/:id/witnesses', traces.witnesses, named);
  expose(app, 'GET /traces/:id/find', traces.find, named);
  expose(app, 'GET /traces/:id/validation', traces.validation, { ...named, tag: 'validation' });
  expose(app, 'DELETE /traces/:id', traces.delete, { ...named, gone: 'deleted' });
  expose(app, 'POST /traces/delete', traces.deleteMany, { tag: 'traces' });
  expose(app, 'GET /traces/:id/review', reviews.get, { ...named, tag: 'reviews' });
  expose(app, 'PUT /traces/:id/review', reviews.set, {
    ...named,
    tag: 'reviews',
    body: 'patch',
    answer: { schema: reviewSchema, of: ({ current }) => current },
  });
  expose(app, 'GET /traces/:id/quality', quality.of, { ...named, tag: 'quality' });
  expose(app, 'POST /quality', quality.start, { tag: 'quality' });
  expose(app, 'POST /dedupe', duplicates.start, { tag: 'quality' });
  expose(app, 'GET /duplicates', duplicates.clusters, { tag: 'quality' });
  expose(app, 'GET /duplicates/:cluster_id', duplicates.members, { tag: 'quality' });
  expose(app, 'POST /reviews', reviews.setMatching, { tag: 'reviews' });
  expose(app, 'PUT /reviews', reviews.setMany, { tag: 'reviews' });
  expose(app, 'PUT /traces/:id/purpose', traces.setPurpose, { ...named, body: 'purpose' });
  expose(app, 'GET /traces/:id/consent', consent.get, { ...named, tag: 'consent' });
  expose(app, 'PUT /traces/:id/consent', consent.set, { ...named, tag: 'consent', body: 'consent' });
  expose(app, 'GET /traces/:id/consent/history', consent.history, { ...named, tag: 'consent' });
}

/** What went over the wire. */
export function exchangeRoutes({ app, operations }: { app: RestApp; operations: Operations }): void {
  const { exchanges, toolCalls, captureHealth, findings } = operations;
  expose(app, 'GET /exchanges', exchanges.list, { tag: 'exchanges' });
  expose(app, 'GET /exchanges/:id', exchanges.whole, { tag: 'exchanges', params: exchange });
  expose(app, 'GET /exchanges/:id/body/:side', exchanges.part, { tag: 'exchanges', params: exchange });
  expose(app, 'GET /exchanges/:id/findings/:finding/places', findings.places, {
    tag: 'findings',
    params: { ...exchange, finding: { field: 'finding_id', id: 'finding' } },
  });
  expose(app, 'GET /tool-calls', toolCalls.list, { tag: 'tool calls' });
  expose(app, 'PUT /tool-calls/verdict', toolCalls.judge, { tag: 'tool calls' });
  expose(app, 'GET /effects/unclaimed', captureHealth.unclaimedEffects, { tag: 'tool calls' });
  expose(app, 'GET /findings', findings.list, { tag: 'findings' });
  expose(app, 'GET /findings/summary', findings.summary, { tag: 'findings' });
}
