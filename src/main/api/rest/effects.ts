import { effectSchema, pageSchema } from '../../../shared/model/index.js';
import type { Services } from '../services.js';
import { pageQuery, type RestApp } from './rest-app.js';

export function effectRoutes(app: RestApp, services: Services): void {
  app.get(
    '/effects/unclaimed',
    {
      config: { access: 'read' },
      schema: {
        summary: 'What was sent over the wire without a captured model asking for it, newest first',
        tags: ['tool calls'],
        querystring: pageQuery,
        response: { 200: pageSchema(effectSchema) },
      },
    },
    (request) => services.reads.unclaimedEffects(request.query.cursor ?? null, request.query.limit),
  );
}
