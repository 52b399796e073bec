import * as z from 'zod';
import { idSchema, jobSchema, pageSchema } from '../model/index.js';
import { paged } from './inputs.js';
import { command, query } from './operation.js';

const ofJob = z.object({ job_id: idSchema });

export const jobsContract = {
  list: query({ scope: 'read', summary: 'Jobs, newest first', input: paged, output: pageSchema(jobSchema) }),
  get: query({ scope: 'read', summary: 'A job', input: ofJob, output: jobSchema }),
  cancel: command({
    scope: 'admin',
    summary: 'Cancels a job; one that is over stays as it is',
    input: ofJob,
    output: jobSchema,
  }),
};
