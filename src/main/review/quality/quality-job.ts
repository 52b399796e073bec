import * as z from 'zod';
import { type QualityReport, qualityReportSchema } from '../../../shared/model/index.js';
import type { JobKind } from '../../ground/job-kind.js';
import { pauses } from '../../ground/pauses.js';
import { type QualityTools, scoreTraces } from './run.js';

const paramsSchema = z.object({ query: z.string(), all: z.boolean() });
const checkpointSchema = z.object({ trace_id: z.string() });

/** The job that scores. What it scored is kept as it goes: one that broke off goes on behind it. */
export const qualityKind: JobKind<z.infer<typeof paramsSchema>, QualityReport, QualityTools> = {
  id: 'quality',
  title: 'Quality scores',
  params: paramsSchema,
  result: qualityReportSchema,
  lane: 'cpu',
  atOnce: 1,
  async run(options, { signal, progress, checkpoint, resumed }, tools) {
    const before = checkpointSchema.safeParse(resumed);
    checkpoint(before.success ? before.data : { begun: true });
    return scoreTraces(tools, options, {
      pause: pauses(signal),
      progress: (done) => progress(null, `${done} traces read`, { done, total: null, unit: 'traces' }),
      tell: progress,
      resumedAt: before.success ? before.data.trace_id : null,
      checkpoint: (trace_id) => checkpoint({ trace_id }),
    });
  },
};
