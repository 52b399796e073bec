import * as z from 'zod';
import { idSchema, jobSchema, pageSchema } from '../model/index.js';
import { nothing, paged } from './inputs.js';
import { command, query } from './operation.js';

const ofJob = z.object({ job_id: idSchema });

export const jobsContract = {
  list: query({
    scope: 'read',
    summary: 'Jobs, newest first',
    input: paged.extend({ kind: z.string().max(40).optional().describe('Only jobs of this kind') }),
    output: pageSchema(jobSchema),
  }),
  get: query({ scope: 'read', summary: 'A job', input: ofJob, output: jobSchema }),
  kinds: query({
    scope: 'read',
    summary: 'Every kind of job there is',
    input: nothing,
    output: z.array(z.object({ id: z.string(), title: z.string() })),
  }),
  cancel: command({
    scope: 'admin',
    summary: 'Cancels a job; one that is over stays as it is',
    input: ofJob,
    output: jobSchema,
  }),
};
