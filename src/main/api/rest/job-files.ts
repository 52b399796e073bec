import * as z from 'zod';
import { found } from '../../../shared/errors.js';
import { checkScope } from '../auth.js';
import type { AuditNotes } from '../operations.js';
import type { JobOutput } from './job-log.js';
import { idOf, idParams, type RestApp } from './rest-app.js';
import { sendFile } from './send-file.js';

/** The files that a job wrote. */
export function jobFileRoutes(rest: { app: RestApp; services: { jobOutput: JobOutput; audit: AuditNotes } }): void {
  const { app, services } = rest;
  const { jobOutput: jobs } = services;
  app.get(
    '/jobs/:id/files/:name',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Downloads a file of a finished job',
        description: 'The files of jobs other than exports take the scope `admin`.',
        tags: ['jobs'],
        params: idParams.extend({ name: z.string().max(200) }),
        response: { 200: { content: { 'application/octet-stream': { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      const job = found(jobs.get(idOf(request.params.id, 'job')), 'job');
      // Datasets are for readers; every other file (all that is held on a person, say) is for those who may order it.
      if (job.kind !== 'export' && request.principal !== null) checkScope(request.principal, 'admin');
      const path = found(jobs.file(job.job_id, request.params.name), 'file');
      return sendFile(request, reply, { path, target: job.job_id, name: request.params.name, audit: services.audit });
    },
  );
}
