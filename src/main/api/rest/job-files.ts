import * as z from 'zod';
import { found } from '../../../shared/errors.js';
import { checkScope } from '../auth.js';
import type { DownloadCodes } from '../download-codes.js';
import type { AuditNotes } from '../operations.js';
import { fileRoutes } from './file-routes.js';
import type { JobOutput } from './job-log.js';
import { idOf, idParams, type RestApp } from './rest-app.js';

/** The files that a job wrote. */
export function jobFileRoutes(rest: {
  app: RestApp;
  downloads: DownloadCodes;
  services: { jobOutput: JobOutput; audit: AuditNotes };
}): void {
  const { app, downloads, services } = rest;
  const { jobOutput: jobs } = services;
  fileRoutes({
    app,
    address: '/jobs/:id/files/:name',
    about: {
      summary: 'Downloads a file of a finished job',
      description: 'The files of jobs other than exports take the scope `admin`.',
      tags: ['jobs'],
    },
    params: idParams.extend({ name: z.string().max(200) }),
    fileOf({ id, name }, principal) {
      const job = found(jobs.get(idOf(id, 'job')), 'job');
      // Datasets are for readers; every other file (all that is held on a person, say) is for those who may order it.
      if (job.kind !== 'export' && principal !== null) checkScope(principal, 'admin');
      return { path: found(jobs.file(job.job_id, name), 'file'), target: job.job_id, name };
    },
    downloads,
    audit: services.audit,
  });
}
