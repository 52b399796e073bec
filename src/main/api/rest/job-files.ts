import { createReadStream } from 'node:fs';
import { basename, extname } from 'node:path';
import * as z from 'zod';
import { found, missing } from '../../../shared/errors.js';
import { openRegular } from '../../ground/regular-file.js';
import { actorOf, checkScope } from '../auth.js';
import type { AuditNotes } from '../operations.js';
import type { JobOutput } from './job-log.js';
import { idOf, idParams, type RestApp } from './rest-app.js';

const mediaTypes: { [extension: string]: string } = {
  '.jsonl': 'application/jsonl; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.parquet': 'application/vnd.apache.parquet',
};

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
      const file = await openRegular(path).catch(() => null);
      if (file === null) throw missing('file');
      const { size } = await file.stat();
      const name = basename(path);
      const actor = actorOf(request.principal);
      await services.audit.record({ action: 'file_downloaded', actor, target: job.job_id, details: { file: name } });
      return reply
        .type(mediaTypes[extname(name)] ?? 'application/octet-stream')
        .header('content-length', size)
        .header('content-disposition', `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`)
        .send(createReadStream('', { fd: file, end: Math.max(0, size - 1) }) as never);
    },
  );
}
