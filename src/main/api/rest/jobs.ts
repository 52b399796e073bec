import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import * as z from 'zod';
import { jobSchema, pageSchema } from '../../../shared/model/index.js';
import { checkScope } from '../auth.js';
import type { Services } from '../services.js';
import { found, idOf, idParams, missing, pageQuery, type RestApp } from './rest-app.js';

const mediaTypes: { [extension: string]: string } = {
  '.jsonl': 'application/jsonl; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.parquet': 'application/vnd.apache.parquet',
};

export function jobRoutes(app: RestApp, services: Services): void {
  app.get(
    '/jobs',
    {
      config: { access: 'read' },
      schema: {
        summary: 'Jobs, newest first',
        tags: ['jobs'],
        querystring: pageQuery,
        response: { 200: pageSchema(jobSchema) },
      },
    },
    (request) => services.jobs.list(request.query.cursor ?? null, request.query.limit),
  );
  app.get(
    '/jobs/:id',
    {
      config: { access: 'read' },
      schema: { summary: 'A job', tags: ['jobs'], params: idParams, response: { 200: jobSchema } },
    },
    (request) => found(services.jobs.get(idOf(request.params.id, 'job')), 'job'),
  );
  app.delete(
    '/jobs/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Cancels a job; one that is over stays as it is',
        tags: ['jobs'],
        params: idParams,
        response: { 200: jobSchema },
      },
    },
    async (request) => found(await services.jobs.cancel(idOf(request.params.id, 'job')), 'job'),
  );
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
      const job = found(services.jobs.get(idOf(request.params.id, 'job')), 'job');
      // Datasets are for readers; every other file (all that is held on a person, say) is for those who may order it.
      if (job.kind !== 'export' && request.principal !== null) checkScope(request.principal, 'admin');
      const path = found(services.jobs.file(job.job_id, request.params.name), 'file');
      const file = await open(path, 'r').catch(() => null);
      const stat = await file?.stat();
      if (!file || !stat?.isFile()) {
        await file?.close();
        throw missing('file');
      }
      const name = basename(path);
      return reply
        .type(mediaTypes[extname(name)] ?? 'application/octet-stream')
        .header('content-length', stat.size)
        .header('content-disposition', `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`)
        .send(createReadStream('', { fd: file, end: Math.max(0, stat.size - 1) }) as never);
    },
  );
}
