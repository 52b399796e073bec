import * as z from 'zod';
import { pageSchema, traceSchema, traceSummarySchema } from '../../../shared/model/index.js';
import type { Services } from '../services.js';
import { found, idOf, idParams, listOptions, listQuery, missing, type RestApp } from './rest-app.js';

export function traceRoutes(app: RestApp, services: Services): void {
  app.get(
    '/traces',
    {
      schema: {
        summary: 'Traces, newest first',
        tags: ['traces'],
        querystring: listQuery,
        response: { 200: pageSchema(traceSummarySchema) },
      },
    },
    (request) => services.reads.traces(listOptions(request.query)),
  );
  app.get(
    '/traces/:id',
    { schema: { summary: 'A whole trace', tags: ['traces'], params: idParams, response: { 200: traceSchema } } },
    (request) => found(services.reads.trace(idOf(request.params.id, 'trace')), 'trace'),
  );
  app.delete(
    '/traces/:id',
    {
      schema: {
        summary: 'Deletes a trace and what belongs to it alone',
        tags: ['traces'],
        params: idParams,
        response: { 204: z.undefined().describe('Deleted') },
      },
    },
    async (request, reply) => {
      const deleted = await services.writes.deleteTrace(idOf(request.params.id, 'trace'));
      if (!deleted) throw missing('trace');
      return reply.code(204).send();
    },
  );
}
