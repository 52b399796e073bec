import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { found } from '../../../shared/errors.js';
import { checkScope } from '../auth.js';
import { type DownloadCodes, downloadCodeSchema } from '../download-codes.js';
import type { AuditNotes } from '../operations.js';
import type { JobOutput } from './job-log.js';
import { idOf, idParams, type RestApp } from './rest-app.js';
import { existing, sendFile } from './send-file.js';

/** The files that a job wrote. */
export function jobFileRoutes(rest: {
  app: RestApp;
  downloads: DownloadCodes;
  services: { jobOutput: JobOutput; audit: AuditNotes };
}): void {
  const { app, downloads, services } = rest;
  const { jobOutput: jobs } = services;
  const params = idParams.extend({ name: z.string().max(200) });

  function fileOf({
    params: { id, name },
    principal,
  }: { params: z.infer<typeof params> } & Pick<FastifyRequest, 'principal'>) {
    const job = found(jobs.get(idOf(id, 'job')), 'job');
    // Datasets are for readers; every other file (all that is held on a person, say) is for those who may order it.
    if (job.kind !== 'export' && principal !== null) checkScope(principal, 'admin');
    return { path: found(jobs.file(job.job_id, name), 'file'), target: job.job_id, name };
  }

  app.get(
    '/jobs/:id/files/:name',
    {
      config: { access: 'read', byCode: true },
      schema: {
        summary: 'Downloads a file of a finished job',
        description: 'The files of jobs other than exports take the scope `admin`.',
        tags: ['jobs'],
        params,
        querystring: z.object({ code: z.string().max(100).optional() }),
        response: { 200: { content: { 'application/octet-stream': { schema: z.string() } } } },
      },
    },
    async (request, reply) => sendFile(request, reply, { ...fileOf(request), audit: services.audit }),
  );
  app.post(
    '/jobs/:id/files/:name/code',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Makes a code with which a browser fetches the file by itself, once and within a minute',
        description: 'At the file’s address, with `?code=<code>` in the place of a token.',
        tags: ['jobs'],
        params,
        response: { 201: downloadCodeSchema },
      },
    },
    async (request, reply) => {
      await existing(fileOf(request).path);
      return reply.code(201).send(downloads.make(request));
    },
  );
}
