import * as z from 'zod';
import {
  consentEventSchema,
  consentOverviewSchema,
  consentPatchSchema,
  consentStateSchema,
  jobSchema,
  pageSchema,
  traceIdsBytes,
} from '../model/index.js';
import { nothing, ofTrace, page, pickedTraces, queryText } from './inputs.js';
import { command, query } from './operation.js';

const consent = consentPatchSchema.nullable();

/** The right to use traces. What is set is written down where it is stored: the numbers are known only there. */
export const consentContract = {
  overview: query({
    scope: 'read',
    summary: 'How many traces have which consent',
    input: nothing,
    output: consentOverviewSchema,
  }),
  get: query({
    scope: 'read',
    summary: 'The consent of a trace',
    description: 'Inherited of the trace that spawned it or that it goes on from, else of the settings’ default.',
    input: ofTrace,
    output: consentStateSchema,
  }),
  history: query({
    scope: 'read',
    summary: 'Every state that the consent of a trace had, newest first',
    input: ofTrace.extend(page),
    output: pageSchema(consentEventSchema),
  }),
  set: command({
    scope: 'review',
    summary: 'Says the consent of a trace, and so of what it spawned; null forgets what was said',
    description:
      'The subject is stored as a pseudonym unless `keep_subject` is set. A withdrawal is a consent with an empty ' +
      '`scope`. What stood before stays in the history.',
    input: ofTrace.extend({ consent }),
    output: consentStateSchema,
  }),
  setAll: command({
    scope: 'admin',
    summary: 'Sets the consent of everything that a query finds, as a job',
    description: 'The job’s result is `{traces}`. `consent` null forgets what was said of the traces themselves.',
    input: z.object({ query: queryText, trace_ids: pickedTraces, consent }),
    inputBytes: traceIdsBytes,
    output: jobSchema,
  }),
};

/** How long what was captured is kept. */
export const retentionContract = {
  start: command({
    scope: 'admin',
    summary: 'Deletes the oldest by the rules of the settings, as a job',
    description: 'Its result says what went, or with `dry_run` what would go.',
    input: z.object({ dry_run: z.boolean().default(false) }),
    output: jobSchema,
  }),
};
