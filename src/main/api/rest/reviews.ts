import { type Review, reviewSchema } from '../../../shared/model/index.js';
import type { Services } from '../services.js';
import { found, idOf, idParams, type RestApp } from './rest-app.js';

/** Strict: a misspelt field would otherwise be ignored, and a label lost. */
const patch = reviewSchema.pick({ label: true, rating: true, tags: true, note: true }).partial().strict();

export function reviewRoutes(app: RestApp, services: Services): void {
  app.get(
    '/traces/:id/review',
    {
      config: { access: 'read' },
      schema: {
        summary: 'The review of a trace; empty where it has none',
        tags: ['reviews'],
        params: idParams,
        response: { 200: reviewSchema },
      },
    },
    async (request) => {
      const id = idOf(request.params.id, 'trace');
      found(await services.reads.traceSummary(id), 'trace');
      return (await services.reads.review(id)) ?? unreviewed(id);
    },
  );
  app.put(
    '/traces/:id/review',
    {
      config: { access: 'review' },
      schema: {
        summary: 'Sets the given fields of a review, the others stay',
        tags: ['reviews'],
        params: idParams,
        body: patch,
        response: { 200: reviewSchema },
      },
    },
    async (request) => {
      const id = idOf(request.params.id, 'trace');
      found(await services.reads.traceSummary(id), 'trace');
      return (await services.writes.setReview(id, request.body)).current;
    },
  );
}

function unreviewed(traceId: string): Review {
  return { trace_id: traceId, label: null, rating: null, tags: [], note: '', updated_at: null, trace_revision: null };
}
