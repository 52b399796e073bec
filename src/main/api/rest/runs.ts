import * as z from 'zod';
import { bypassSchema, givenConsentSchema, idSchema, validationSummarySchema } from '../../../shared/model/index.js';
import type { Services } from '../services.js';
import { idOf, idParams, type RestApp } from './rest-app.js';

const startBody = z.strictObject({
  session: z.string().min(1).max(200).nullable().default(null),
  consent: givenConsentSchema
    .nullable()
    .default(null)
    .describe('Of the traces that the run opens; what it leaves out is as the settings’ default has it'),
  pid: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe('The process on this machine that the run is for: once it is gone, the run is ended'),
});
const startAnswer = z.object({ run_id: idSchema, proxy: z.string() });
const endAnswer = z.object({
  exchanges: z.number().int(),
  calls: z.number().int(),
  tool_calls: z.number().int(),
  trace_ids: z.array(idSchema),
  validation: validationSummarySchema,
});

/** What the command line saw while the command ran. */
const endBody = z.strictObject({ bypassed: z.array(bypassSchema).max(200).default([]) });

/** `sluice run` beside a running engine: a proxy port of its own, whose exchanges carry the run's session. */
export function runRoutes(app: RestApp, services: Services): void {
  app.post(
    '/runs',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Opens a proxy port for one run',
        tags: ['engine'],
        body: startBody,
        response: { 201: startAnswer },
      },
    },
    async (request, reply) => {
      const { session, consent, pid } = request.body;
      return reply.code(201).send(await services.startRun(session, consent, pid));
    },
  );
  app.post(
    '/runs/:id/end',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Closes the port, waits until all is stored, says what the run gave',
        tags: ['engine'],
        params: idParams,
        body: endBody,
        response: { 200: endAnswer },
      },
    },
    (request) => services.endRun(idOf(request.params.id, 'run'), request.body.bypassed),
  );
}
