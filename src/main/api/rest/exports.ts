import { isAbsolute } from 'node:path';
import * as z from 'zod';
import {
  exportOptionsSchema,
  exportPreviewSchema,
  jobSchema,
  leakOverrideSchema,
} from '../../../shared/model/index.js';
import { actorOf } from '../auth.js';
import type { Services } from '../services.js';
import type { RestApp } from './rest-app.js';

const request = exportOptionsSchema
  .extend({
    out: z
      .string()
      .min(1)
      .max(4096)
      .refine(isAbsolute, 'an absolute path')
      .nullable()
      .default(null)
      .describe('New folder on the engine’s machine; null: one in its data folder'),
    allow_leaks: leakOverrideSchema
      .nullable()
      .default(null)
      .describe('Who takes on what is found in the files, and why; without it an export with a leak is refused'),
  })
  .strict();

export function exportRoutes(app: RestApp, services: Services): void {
  app.post(
    '/exports',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Starts the export of a dataset',
        description: 'Follow it at /jobs/{job_id}; its files are at /jobs/{job_id}/files/{name}.',
        tags: ['exports'],
        body: request,
        response: { 202: jobSchema },
      },
    },
    async (call, reply) => {
      const { out, allow_leaks, ...options } = call.body;
      const job = await services.exports.start(options, out, { actor: actorOf(call.principal), allow_leaks });
      return reply.code(202).header('location', `/jobs/${job.job_id}`).send(job);
    },
  );
  app.post(
    '/exports/preview',
    {
      config: { access: 'read' },
      schema: {
        summary: 'The first rows an export would give',
        tags: ['exports'],
        body: exportOptionsSchema.strict(),
        response: { 200: exportPreviewSchema },
      },
    },
    (call) => services.exports.preview(call.body),
  );
}
