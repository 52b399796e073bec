import * as z from 'zod';
import { jobSchema, validationReportSchema } from '../../../shared/model/index.js';
import type { Services } from '../services.js';
import { found, idParams, type RestApp } from './rest-app.js';
import { traceId } from './traces.js';

const request = z.strictObject({
  query: z.string().max(2000).default('').describe('Which traces, in the Sluice query language; all by default'),
});

/** Whether traces are in order. */
export function validationRoutes(app: RestApp, services: Services): void {
  app.get(
    '/traces/:id/validation',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Checks a trace',
        description: 'Schema, integrity, completeness, and what is left that redaction should have replaced.',
        tags: ['validation'],
        params: idParams,
        response: { 200: validationReportSchema },
      },
    },
    async (request) => found(await services.validation.trace(await traceId(services, request.params.id)), 'trace'),
  );
  app.post(
    '/validate',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Starts a check of all traces that a query finds',
        description: 'Follow it at /jobs/{job_id}; its result counts by code and names the first 100 invalid traces.',
        tags: ['validation'],
        body: request,
        response: { 202: jobSchema },
      },
    },
    async (call, reply) => {
      const job = services.validation.start(call.body.query);
      return reply.code(202).header('location', `/jobs/${job.job_id}`).send(job);
    },
  );
}
